-- Posts of languages that few are in (PostFilter.language, src/db/postsPage.ts).
CREATE INDEX "posts_language" ON "posts" (lower("language") text_pattern_ops);
