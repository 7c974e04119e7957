-- The index of captions' vectors in single precision. In half precision each distance converts its numbers one by one where the processor's own
-- instruction is out of reach: in WebAssembly a new vector cost four times as much, and PostgreSQL was not faster with it either.
DROP INDEX "embeddings_vector_128_idx";
DROP INDEX "embeddings_vector_256_idx";
DROP INDEX "embeddings_vector_384_idx";
DROP INDEX "embeddings_vector_512_idx";
DROP INDEX "embeddings_vector_768_idx";
DROP INDEX "embeddings_vector_1024_idx";
CREATE INDEX "embeddings_vector_128_idx" ON "embeddings" USING hnsw (("vector"::vector(128)) vector_cosine_ops) WHERE "kind" = 'CAPTION' AND "dimension" = 128;
CREATE INDEX "embeddings_vector_256_idx" ON "embeddings" USING hnsw (("vector"::vector(256)) vector_cosine_ops) WHERE "kind" = 'CAPTION' AND "dimension" = 256;
CREATE INDEX "embeddings_vector_384_idx" ON "embeddings" USING hnsw (("vector"::vector(384)) vector_cosine_ops) WHERE "kind" = 'CAPTION' AND "dimension" = 384;
CREATE INDEX "embeddings_vector_512_idx" ON "embeddings" USING hnsw (("vector"::vector(512)) vector_cosine_ops) WHERE "kind" = 'CAPTION' AND "dimension" = 512;
CREATE INDEX "embeddings_vector_768_idx" ON "embeddings" USING hnsw (("vector"::vector(768)) vector_cosine_ops) WHERE "kind" = 'CAPTION' AND "dimension" = 768;
CREATE INDEX "embeddings_vector_1024_idx" ON "embeddings" USING hnsw (("vector"::vector(1024)) vector_cosine_ops) WHERE "kind" = 'CAPTION' AND "dimension" = 1024;

-- All vectors are of one model and kind, mostly: nothing is found by this, and a planner that last saw an empty table took it for the quickest way to
-- one picture's vector, through those of all.
-- DropIndex
DROP INDEX "embeddings_model_digest_kind_idx";
