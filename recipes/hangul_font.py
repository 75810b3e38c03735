"""Make `encoder_lab/fonts/hangul.otf`: the Hangul of Noto Sans CJK KR, and nothing that the pictures' own font has.

`python -m recipes.hangul_font NotoSansCJK-Regular.ttc`, with the file of Debian's package `fonts-noto-cjk` (or of
https://github.com/notofonts/noto-cjk, `Sans/OTC`), version 2.004. It holds all 11,172 syllables, the letters they are
made of (U+1100 to 11FF, 3130 to 318F, A960 to A97F, D7B0 to D7FF, FFA0 to FFDC), East Asian punctuation and full-width
signs, and the won sign; it lacks Hanja. It is subset, not redrawn, and has a name of its own, since it is a modified
version under the SIL Open Font License; `encoder_lab/fonts/OFL.txt` is that licence.
"""

import sys
from pathlib import Path

from fontTools.subset import Options, Subsetter, parse_unicodes
from fontTools.ttLib import TTFont

NAME, FACE = "Encoder Lab Hangul", "Noto Sans CJK KR"
CHARACTERS = "1100-11FF,3000-303F,3130-318F,3200-321E,3260-327F,A960-A97F,AC00-D7A3,D7B0-D7FF,FF01-FF65,FFA0-FFDC,20A9"
TARGET = Path(__file__).parents[1] / "encoder_lab" / "fonts" / "hangul.otf"
FAMILY, WHOLE, POSTSCRIPT, KEPT = 1, 4, 6, (0, 2, 5, 7, 13, 14)  # numbers in the font's table of names


def make(source: Path, target: Path = TARGET) -> None:
    """Write the subset of the collection's Korean face.

    Args:
        source: NotoSansCJK-Regular.ttc.
        target: where to.

    Raises:
        ValueError: the collection has no Korean face.
    """
    for number in range(10):
        font = TTFont(source, fontNumber=number, recalcTimestamp=False)
        if font["name"].getDebugName(FAMILY) == FACE:
            break
    else:
        raise ValueError(f"{source} has no face {FACE}; give NotoSansCJK-Regular.ttc")
    options = Options(hinting=False, layout_features=["ccmp", "ljmo", "vjmo", "tjmo"])
    subsetter = Subsetter(options)
    subsetter.populate(unicodes=parse_unicodes(CHARACTERS))
    subsetter.subset(font)
    names = font["name"]
    names.names = [each for each in names.names if each.nameID in KEPT]
    for place, text in ((FAMILY, NAME), (WHOLE, NAME), (POSTSCRIPT, NAME.replace(" ", ""))):
        names.setName(text, place, 3, 1, 0x409)  # Windows, Unicode, English
    font["CFF "].cff.fontNames = [NAME.replace(" ", "")]
    font.save(target)


if __name__ == "__main__":
    make(Path(sys.argv[1]))
