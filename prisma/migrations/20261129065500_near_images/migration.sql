-- Pictures that are much the same, by the parts of their perceptual hashes (src/db/nearImages.ts).
CREATE INDEX "images_phash_1" ON "images" (substr("phash", 1, 4));
CREATE INDEX "images_phash_2" ON "images" (substr("phash", 5, 4));
CREATE INDEX "images_phash_3" ON "images" (substr("phash", 9, 4));
CREATE INDEX "images_phash_4" ON "images" (substr("phash", 13, 4));
