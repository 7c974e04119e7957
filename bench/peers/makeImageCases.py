"""Writes small pictures in many formats and modes, and the RGB pixels that Pillow makes of them.

    python bench/peers/makeImageCases.py

Output: test/fixtures/images/. Needs Pillow 12.3.0 and numpy. The definition is transformers' `load_image`:
`ImageOps.exif_transpose`, then `convert("RGB")`; the first frame of what moves. `resamples` are Pillow's `resize` of rgb.png.
"""

import base64
import io
import json
import struct
import zlib
from pathlib import Path

import numpy as np
import PIL
from PIL import Image, ImageCms, ImageOps

OUT = Path(__file__).resolve().parents[2] / "test/fixtures/images"
OUT.mkdir(parents=True, exist_ok=True)
for old in OUT.iterdir():
    old.unlink()
W, H = 19, 14
rng = np.random.default_rng(5)
y, x = np.mgrid[0:H, 0:W]
RGB = np.stack([255 * x / W, 255 * y / H, 127 + 120 * np.sin(x * 0.7) * np.cos(y * 0.5)], -1)
RGB = np.clip(RGB + rng.normal(0, 12, RGB.shape), 0, 255).astype(np.uint8)
ALPHA = np.clip(255 * np.hypot(x - W / 2, y - H / 2) / 12, 0, 255).astype(np.uint8)
rgb = Image.fromarray(RGB)
grey = rgb.convert("L")
rgba = Image.fromarray(np.dstack([RGB, ALPHA]))
DEEP = (RGB.astype(np.uint16) * 257 + rng.integers(0, 200, RGB.shape).astype(np.uint16)).clip(0, 65535)


def png(width, height, depth, colour, rows, extra=b""):
    """A PNG written by hand, for what Pillow reads and does not write."""
    def chunk(kind, data):
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
    body = b"".join(b"\0" + row for row in rows)
    return (b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, depth, colour, 0, 0, 0)) + extra
            + chunk(b"IDAT", zlib.compress(body)) + chunk(b"IEND", b""))


def chunk(kind, data):
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def save(name, image, **options):
    image.save(OUT / name, **options)


save("rgb.png", rgb)
save("rgba.png", rgba)
save("grey.png", grey)
save("grey-alpha.png", rgba.convert("LA"))
save("bit.png", rgb.convert("1"))
palette = rgb.quantize(23)
save("palette.png", palette)
save("palette-transparent.png", palette, transparency=bytes([0, 128, 255] * 7))
save("palette-4-bit.png", rgb.quantize(9), bits=4)
save("rgb-transparent-colour.png", rgb, transparency=tuple(int(v) for v in RGB[3, 3]))
save("grey-transparent-colour.png", grey, transparency=int(np.asarray(grey)[3, 3]))
(OUT / "rgb-16.png").write_bytes(png(W, H, 16, 2, [row.astype(">u2").tobytes() for row in DEEP]))
(OUT / "rgba-16.png").write_bytes(png(W, H, 16, 6, [np.dstack([DEEP, ALPHA.astype(np.uint16) * 257])[i].astype(">u2").tobytes() for i in range(H)]))
(OUT / "grey-16.png").write_bytes(png(W, H, 16, 0, [row.astype(">u2").tobytes() for row in DEEP[..., 0]]))
(OUT / "grey-16-dark.png").write_bytes(png(W, H, 16, 0, [row.astype(">u2").tobytes() for row in DEEP[..., 0] // 200]))
(OUT / "grey-alpha-16.png").write_bytes(png(W, H, 16, 4, [np.dstack([DEEP[..., :1], ALPHA.astype(np.uint16) * 257])[i].astype(">u2").tobytes() for i in range(H)]))
for depth in (2, 4):
    values = np.asarray(grey) >> (8 - depth)
    rows = []
    for row in values:
        bits = "".join(format(v, f"0{depth}b") for v in row)
        bits += "0" * (-len(bits) % 8)
        rows.append(bytes(int(bits[i:i + 8], 2) for i in range(0, len(bits), 8)))
    (OUT / f"grey-{depth}-bit.png").write_bytes(png(W, H, depth, 0, rows))
(OUT / "gamma.png").write_bytes(png(W, H, 8, 2, [row.tobytes() for row in RGB], chunk(b"gAMA", struct.pack(">I", 100000))))
swapped = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
# An sRGB profile whose red and blue primaries changed places: a reader that minds it shows other colours.
swapped = swapped.replace(b"rXYZ", b"?XYZ").replace(b"bXYZ", b"rXYZ").replace(b"?XYZ", b"bXYZ")
save("profile.png", rgb, icc_profile=swapped)
save("profile.jpg", rgb, icc_profile=swapped, quality=90)

for quality, sampling in ((95, 0), (80, 1), (60, 2)):
    save(f"jpeg-{['444', '422', '420'][sampling]}.jpg", rgb, quality=quality, subsampling=sampling)
save("jpeg-progressive.jpg", rgb, quality=85, progressive=True)
save("jpeg-grey.jpg", grey, quality=85)
save("jpeg-cmyk.jpg", rgb.convert("CMYK"), quality=92)
cmyk = np.stack([RGB[..., 0], RGB[..., 1], RGB[..., 2], (ALPHA // 2)], -1)
save("jpeg-cmyk-black.jpg", Image.fromarray(cmyk, "CMYK"), quality=95)
# The same without Adobe's marker: then the numbers are not inverted.
data = (OUT / "jpeg-cmyk-black.jpg").read_bytes()
at = data.index(b"\xff\xee")
length = struct.unpack(">H", data[at + 2:at + 4])[0]
(OUT / "jpeg-cmyk-no-adobe.jpg").write_bytes(data[:at] + data[at + 2 + length:])
for orientation in range(1, 9):
    exif = Image.Exif()
    exif[0x0112] = orientation
    save(f"exif-{orientation}.jpg", rgb, quality=90, exif=exif)
exif = Image.Exif()
exif[0x0112] = 6
save("exif-6.png", rgb, exif=exif)
save("exif-6.webp", rgb, exif=exif, lossless=True)

save("webp.webp", rgb, quality=80)
save("webp-lossless.webp", rgb, lossless=True)
save("webp-alpha.webp", rgba, lossless=True, exact=True)
save("webp-alpha-lossy.webp", rgba, quality=80)
frames = [rgb, ImageOps.invert(rgb), ImageOps.flip(rgb)]
save("animated.webp", frames[0], save_all=True, append_images=frames[1:], duration=100, lossless=True)
save("animated.gif", frames[0].quantize(31), save_all=True, append_images=[f.quantize(31) for f in frames[1:]], duration=100)
save("animated.png", frames[0], save_all=True, append_images=frames[1:], duration=100)
save("animated-hidden-default.png", frames[2], save_all=True, append_images=frames[:2], duration=100, default_image=True)
save("still.gif", rgb.quantize(63))
save("transparent.gif", palette, transparency=int(np.asarray(palette)[8, 11]))
save("grey.gif", grey)
# A first frame smaller than the screen, so that the background shows.
part = Image.fromarray(RGB[:9, :11]).quantize(16)
gif = io.BytesIO()
part.save(gif, "GIF")
raw = bytearray(gif.getvalue())
raw[6:10] = struct.pack("<HH", W, H)
at = raw.index(b"\x2c", 13 + 3 * 2 ** ((raw[10] & 7) + 1))
raw[at + 1:at + 5] = struct.pack("<HH", 5, 4)
(OUT / "part.gif").write_bytes(bytes(raw))
save("lzw.tiff", rgb, compression="tiff_lzw")
save("grey.tiff", grey)
save("cmyk.tiff", Image.fromarray(cmyk, "CMYK"))
save("bit.tiff", rgb.convert("1"), compression="group4")
save("rgba.tiff", rgba)
save("palette.tiff", palette)
save("grey-16.tiff", Image.fromarray(DEEP[..., 0]))
save("avif.avif", rgb, quality=80)
save("one.png", rgb.crop((0, 0, 1, 1)))
save("line.png", rgb.crop((0, 0, W, 1)))
for orientation in (6,):
    save("exif-6.tiff", rgb, tiffinfo={274: orientation})

def encode(picture):
    return base64.b64encode(np.asarray(picture).tobytes()).decode()


cases = {}
for path in sorted(OUT.iterdir()):
    with Image.open(path) as image:
        mode = image.mode
        loaded = ImageOps.exif_transpose(image).convert("RGB")
    cases[path.name] = {"mode": mode, "width": loaded.width, "height": loaded.height, "rgb": encode(loaded)}

sizes = [(7, 5), (31, 9), (19, 22), (8, 14), (41, 33), (1, 1), (19, 14)]
resamples = [{"resample": int(kind), "width": w, "height": h, "rgb": encode(rgb.resize((w, h), kind))}
             for kind in Image.Resampling for w, h in (sizes if kind == Image.Resampling.BICUBIC else sizes[:3])]
(OUT / "expected.json").write_text(json.dumps({"pillow": PIL.__version__, "cases": cases, "resamples": resamples}).replace('}, "', '},\n"') + "\n")
for path in OUT.iterdir():
    path.chmod(0o644)
print(len(cases), "cases", sum(p.stat().st_size for p in OUT.iterdir()), "bytes")
