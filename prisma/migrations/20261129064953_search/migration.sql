-- CreateTable
CREATE TABLE "post_words" (
    "post_id" UUID NOT NULL,
    "posted_at" TIMESTAMPTZ(3) NOT NULL,
    "words" tsvector NOT NULL,

    CONSTRAINT "post_words_pkey" PRIMARY KEY ("post_id")
);

-- CreateIndex
CREATE INDEX "post_words_words_idx" ON "post_words" USING GIN ("words");

-- CreateIndex
CREATE INDEX "post_words_posted_at_post_id_idx" ON "post_words"("posted_at" DESC, "post_id" DESC);

-- AddForeignKey
ALTER TABLE "post_words" ADD CONSTRAINT "post_words_post_id_fkey" FOREIGN KEY ("post_id") REFERENCES "posts"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- Words are reduced to their English stems, and none is left out as too common: most posts of any language are found by their own words all
-- the same, because what is asked is reduced as what is stored.
CREATE TEXT SEARCH DICTIONARY hotlens_stem (TEMPLATE = snowball, LANGUAGE = english);
CREATE TEXT SEARCH CONFIGURATION hotlens (COPY = pg_catalog.english);
ALTER TEXT SEARCH CONFIGURATION hotlens ALTER MAPPING REPLACE english_stem WITH hotlens_stem;

-- Signs such as emoji become spaces: where a database's locale knows no Unicode, they would be letters of the word beside them. A tsvector may
-- have 1 MB: nobody searches behind the first 100,000 characters.
CREATE FUNCTION words_of(said text) RETURNS tsvector LANGUAGE sql STABLE PARALLEL SAFE AS $$
  SELECT to_tsvector('hotlens', regexp_replace(left(said, 100000), '[\u2190-\u2BFF\uFE0F\u200D\U0001F000-\U0001FAFF]+', ' ', 'g'))
$$;

-- Brings the words of posts up to date. The lock comes first, and the snapshot of what follows after it: of two transactions that change what
-- is shown of one post (a caption is completed, a person words it), the later sees what the earlier has written.
CREATE FUNCTION refresh_post_words(ids uuid[]) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  PERFORM 1 FROM post_words WHERE post_id = ANY(ids) ORDER BY post_id FOR UPDATE;
  INSERT INTO post_words AS known (post_id, posted_at, words)
  SELECT p.id, p.posted_at, words_of(concat_ws(E'\n', p.text, shown.text))
  FROM posts p LEFT JOIN LATERAL (
    SELECT string_agg(coalesce(e.text, c.text), E'\n' ORDER BY pi.position) AS text
    FROM post_images pi JOIN images i ON i.sha256 = pi.image_sha256 LEFT JOIN captions c ON c.id = i.current_caption_id
    LEFT JOIN LATERAL (
      SELECT text FROM caption_edits WHERE image_sha256 = i.sha256 ORDER BY created_at DESC, id DESC LIMIT 1
    ) e ON true
    WHERE pi.post_id = p.id
  ) shown ON true
  WHERE p.id = ANY(ids) ORDER BY p.id
  ON CONFLICT (post_id) DO UPDATE SET posted_at = excluded.posted_at, words = excluded.words
  WHERE known.posted_at <> excluded.posted_at OR known.words <> excluded.words;
END $$;

CREATE FUNCTION note_post_words() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM refresh_post_words(ARRAY(SELECT id FROM changed));
  RETURN NULL;
END $$;
CREATE TRIGGER note_post_words AFTER INSERT ON posts REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION note_post_words();

CREATE FUNCTION note_changed_post_words() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE ids uuid[] := ARRAY(SELECT id FROM after JOIN before USING (id) WHERE after.text <> before.text OR after.posted_at <> before.posted_at);
BEGIN
  IF cardinality(ids) > 0 THEN PERFORM refresh_post_words(ids); END IF;
  RETURN NULL;
END $$;
CREATE TRIGGER note_changed_post_words AFTER UPDATE ON posts REFERENCING OLD TABLE AS before NEW TABLE AS after
  FOR EACH STATEMENT EXECUTE FUNCTION note_changed_post_words();

-- Most pictures are new when they come with a post, and have nothing to add to its words yet.
CREATE FUNCTION note_picture_words() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE ids uuid[] := ARRAY(
  SELECT DISTINCT changed.post_id FROM changed JOIN images i ON i.sha256 = changed.image_sha256
  WHERE i.current_caption_id IS NOT NULL OR EXISTS (SELECT FROM caption_edits e WHERE e.image_sha256 = i.sha256)
);
BEGIN
  IF cardinality(ids) > 0 THEN PERFORM refresh_post_words(ids); END IF;
  RETURN NULL;
END $$;
CREATE TRIGGER note_new_picture_words AFTER INSERT ON post_images REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION note_picture_words();
CREATE TRIGGER note_lost_picture_words AFTER DELETE ON post_images REFERENCING OLD TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION note_picture_words();

CREATE FUNCTION note_changed_picture_words() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE ids uuid[] := ARRAY(
  SELECT DISTINCT post_id FROM (
    SELECT after.post_id FROM after JOIN before USING (id)
    WHERE after.image_sha256 IS DISTINCT FROM before.image_sha256 OR after.position <> before.position
  ) moved
);
BEGIN
  IF cardinality(ids) > 0 THEN PERFORM refresh_post_words(ids); END IF;
  RETURN NULL;
END $$;
CREATE TRIGGER note_changed_picture_words AFTER UPDATE ON post_images REFERENCING OLD TABLE AS before NEW TABLE AS after
  FOR EACH STATEMENT EXECUTE FUNCTION note_changed_picture_words();

-- Another caption is the current one.
CREATE FUNCTION note_caption_words() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE ids uuid[] := ARRAY(
  SELECT DISTINCT pi.post_id FROM after JOIN before USING (sha256) JOIN post_images pi ON pi.image_sha256 = after.sha256
  WHERE after.current_caption_id IS DISTINCT FROM before.current_caption_id
);
BEGIN
  IF cardinality(ids) > 0 THEN PERFORM refresh_post_words(ids); END IF;
  RETURN NULL;
END $$;
CREATE TRIGGER note_caption_words AFTER UPDATE ON images REFERENCING OLD TABLE AS before NEW TABLE AS after
  FOR EACH STATEMENT EXECUTE FUNCTION note_caption_words();

-- The current one says something else.
CREATE FUNCTION note_changed_caption_words() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE ids uuid[] := ARRAY(
  SELECT DISTINCT pi.post_id FROM after JOIN before USING (id) JOIN images i ON i.current_caption_id = after.id
  JOIN post_images pi ON pi.image_sha256 = i.sha256 WHERE after.text IS DISTINCT FROM before.text
);
BEGIN
  IF cardinality(ids) > 0 THEN PERFORM refresh_post_words(ids); END IF;
  RETURN NULL;
END $$;
CREATE TRIGGER note_changed_caption_words AFTER UPDATE ON captions REFERENCING OLD TABLE AS before NEW TABLE AS after
  FOR EACH STATEMENT EXECUTE FUNCTION note_changed_caption_words();

CREATE FUNCTION note_edit_words() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM refresh_post_words(ARRAY(SELECT DISTINCT pi.post_id FROM changed JOIN post_images pi USING (image_sha256)));
  RETURN NULL;
END $$;
CREATE TRIGGER note_edit_words AFTER INSERT ON caption_edits REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION note_edit_words();

-- Vectors by their nearness. An index needs to know how long they are: these are the lengths of common embedders; vectors of another are compared
-- one by one. Half precision: the order of neighbours does not need more, and the index is half as large.
CREATE INDEX "embeddings_vector_128_idx" ON "embeddings" USING hnsw (("vector"::halfvec(128)) halfvec_cosine_ops) WHERE "kind" = 'CAPTION' AND "dimension" = 128;
CREATE INDEX "embeddings_vector_256_idx" ON "embeddings" USING hnsw (("vector"::halfvec(256)) halfvec_cosine_ops) WHERE "kind" = 'CAPTION' AND "dimension" = 256;
CREATE INDEX "embeddings_vector_384_idx" ON "embeddings" USING hnsw (("vector"::halfvec(384)) halfvec_cosine_ops) WHERE "kind" = 'CAPTION' AND "dimension" = 384;
CREATE INDEX "embeddings_vector_512_idx" ON "embeddings" USING hnsw (("vector"::halfvec(512)) halfvec_cosine_ops) WHERE "kind" = 'CAPTION' AND "dimension" = 512;
CREATE INDEX "embeddings_vector_768_idx" ON "embeddings" USING hnsw (("vector"::halfvec(768)) halfvec_cosine_ops) WHERE "kind" = 'CAPTION' AND "dimension" = 768;
CREATE INDEX "embeddings_vector_1024_idx" ON "embeddings" USING hnsw (("vector"::halfvec(1024)) halfvec_cosine_ops) WHERE "kind" = 'CAPTION' AND "dimension" = 1024;

-- The posts that are there already.
INSERT INTO post_words (post_id, posted_at, words)
SELECT p.id, p.posted_at, words_of(concat_ws(E'\n', p.text, shown.text))
FROM posts p LEFT JOIN LATERAL (
  SELECT string_agg(coalesce(e.text, c.text), E'\n' ORDER BY pi.position) AS text
  FROM post_images pi JOIN images i ON i.sha256 = pi.image_sha256 LEFT JOIN captions c ON c.id = i.current_caption_id
  LEFT JOIN LATERAL (
    SELECT text FROM caption_edits WHERE image_sha256 = i.sha256 ORDER BY created_at DESC, id DESC LIMIT 1
  ) e ON true
  WHERE pi.post_id = p.id
) shown ON true;
