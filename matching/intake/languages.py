"""Languages by one code each: en, en-GB and eng are the same language."""

from __future__ import annotations

import re
from typing import Final

_TAG: Final = re.compile(r"[A-Za-z]{2,3}(?:-[A-Za-z0-9]{1,8})*\Z")

# ISO 639-2 codes (terminological and bibliographic) of the languages that have a two-letter code in ISO 639-1.
_TWO_LETTER_PAIRS: Final = """
aar:aa abk:ab afr:af aka:ak alb:sq amh:am ara:ar arg:an arm:hy asm:as ava:av ave:ae aym:ay aze:az bak:ba bam:bm
baq:eu bel:be ben:bn bis:bi bod:bo bos:bs bre:br bul:bg bur:my cat:ca ces:cs cha:ch che:ce chi:zh chu:cu chv:cv
cor:kw cos:co cre:cr cym:cy cze:cs dan:da deu:de div:dv dut:nl dzo:dz ell:el eng:en epo:eo est:et eus:eu ewe:ee
fao:fo fas:fa fij:fj fin:fi fra:fr fre:fr fry:fy ful:ff geo:ka ger:de gla:gd gle:ga glg:gl glv:gv gre:el grn:gn
guj:gu hat:ht hau:ha heb:he her:hz hin:hi hmo:ho hrv:hr hun:hu hye:hy ibo:ig ice:is ido:io iii:ii iku:iu ile:ie
ina:ia ind:id ipk:ik isl:is ita:it jav:jv jpn:ja kal:kl kan:kn kas:ks kat:ka kau:kr kaz:kk khm:km kik:ki kin:rw
kir:ky kom:kv kon:kg kor:ko kua:kj kur:ku lao:lo lat:la lav:lv lim:li lin:ln lit:lt ltz:lb lub:lu lug:lg mac:mk
mah:mh mal:ml mao:mi mar:mr may:ms mkd:mk mlg:mg mlt:mt mon:mn mri:mi msa:ms mya:my nau:na nav:nv nbl:nr nde:nd
ndo:ng nep:ne nld:nl nno:nn nob:nb nor:no nya:ny oci:oc oji:oj ori:or orm:om oss:os pan:pa per:fa pli:pi pol:pl
por:pt pus:ps que:qu roh:rm ron:ro rum:ro run:rn rus:ru sag:sg san:sa sin:si slk:sk slo:sk slv:sl sme:se smo:sm
sna:sn snd:sd som:so sot:st spa:es sqi:sq srd:sc srp:sr ssw:ss sun:su swa:sw swe:sv tah:ty tam:ta tat:tt tel:te
tgk:tg tha:th tib:bo tir:ti ton:to tsn:tn tso:ts tuk:tk tur:tr twi:tw uig:ug ukr:uk urd:ur uzb:uz ven:ve vie:vi
vol:vo wel:cy wln:wa wol:wo xho:xh yid:yi yor:yo zha:za zho:zh zul:zu
"""

# Codes that mean a language known better by another one: withdrawn two-letter codes of ISO 639-1, and the standard
# form of a macrolanguage (Dari and Iranian Persian are Persian, Mandarin is Chinese), as Unicode CLDR maps them.
_PREFERRED_PAIRS: Final = """
arb:ar cmn:zh prs:fa pes:fa swh:sw zsm:ms npi:ne ory:or lvs:lv ekk:et khk:mn als:sq plt:mg uzn:uz azj:az pbt:ps
iw:he in:id ji:yi jw:jv mo:ro mol:ro tl:fil tgl:fil
"""

# Codes of ISO 639 that are well-formed and yet name no language: several, none, not known, not coded, and for own use.
_NO_LANGUAGE: Final = re.compile(r"(?:mis|mul|und|zxx|q[a-t][a-z])\Z")
_THREE_LETTERS: Final = 3

_NAME_PAIRS: Final = """
arabic:ar العربية:ar chinese:zh mandarin:zh 中文:zh english:en anglais:en inglés:en french:fr français:fr german:de
hindi:hi indonesian:id japanese:ja khmer:km malay:ms persian:fa farsi:fa dari:fa portuguese:pt português:pt
russian:ru русский:ru spanish:es español:es swahili:sw turkish:tr urdu:ur vietnamese:vi
"""

_TWO_LETTER_BY_THREE: Final = dict(pair.split(":") for pair in _TWO_LETTER_PAIRS.split())
_TWO_LETTER: Final = frozenset(_TWO_LETTER_BY_THREE.values())
_PREFERRED: Final = dict(pair.split(":") for pair in _PREFERRED_PAIRS.split())

CODE_BY_NAME: Final = dict(pair.split(":") for pair in _NAME_PAIRS.split())
"""Names that people write instead of a code, for the hint."""


def canonical_language(tag: str) -> str | None:
    """Return the one code of the language that a tag names, or ``None`` when it names none.

    Parameters
    ----------
    tag
        A BCP 47 tag or an ISO 639 code, in any case; scripts, regions and variants are accepted and dropped. Codes of
        three letters are taken as they come: nearly half of all there could be are languages of ISO 639-3, so that
        its list of 7,900 would find few typing errors.

    Returns
    -------
    str or None
        The two-letter code where there is one, else the three-letter code.

    References
    ----------
    RFC 5646 (BCP 47); ISO 639-1, 639-2 and 639-3.

    Examples
    --------
    >>> canonical_language("en-GB"), canonical_language("ENG"), canonical_language("pcm"), canonical_language("Klingon")
    ('en', 'en', 'pcm', None)
    """
    tag = tag.replace("_", "-")
    if not _TAG.match(tag):
        return None
    primary = tag.partition("-")[0].lower()
    primary = _TWO_LETTER_BY_THREE.get(primary, primary)
    primary = _PREFERRED.get(primary, primary)
    is_language = primary in _TWO_LETTER or (len(primary) == _THREE_LETTERS and not _NO_LANGUAGE.match(primary))
    return primary if is_language else None
