"""Languages by one code each: en, en-GB and eng are the same language."""

from __future__ import annotations

import re
from typing import Final

_TAG: Final = re.compile(r"[A-Za-z]{2,3}(?:-[A-Za-z0-9]{1,8})*\Z")
_MAX_TAG_LENGTH: Final = 35  # as RFC 5646, section 4.4.1, has it for the longest ordinary tag

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

# Single languages of ISO 639-2 without a two-letter code, and those of ISO 639-3 that the States file names. Families
# of languages are left out: nobody can be taught in one.
_THREE_LETTER_CODES: Final = """
ace ach ada ady afh ain akk ale alt ang anp arc arn arp arw ast awa bal ban bar bas bej bem ber bho bik bin bjz bla
bra bua bug bwg byn cad car ceb chb chg chk chm chn cho chp chr chy ckb cnr cop crh crs csb dak dar del den dgr din
doi dsb dua dum dyu efi egy eka elx enm ewo fan fat fil fon frm fro frr frs fur gaa gay gba gez gil gmh goh gon gor
got grb grc gsw gwi hai haw hgm hif hil hit hmn hsb hup iba ilo inh jam jbo jpr jrb kaa kab kac kam kaw kbd kck kha
khi kho kmb kok kos kpe krc krl kru kum kut kwn lad lah lam lez lol loz lua lui lun luo lus mad mag mai mak man mas
mdf mdr men mfe mga mic min mnc mni moh mos mus mwl mwr myv nap ndc nds new nia niu nog non nqo nso nwc nym nyn nyo
nzi nzs osa ota pag pal pam pap pau peo phn pon pov pro raj rap rar rom rup sad sah sam sas sat scn sco sel sga shn
sid sma smi smj smn sms snk sog srn srr suk sus sux syc syr tem ter tet tig tiv tkl tlh tli tmh tog toi tpi tsi tum
tvl tyv udm uga umb vai vot wal war was xal yao yap yue zap zbl zdj zen zgh zib zun zza
"""

_NAME_PAIRS: Final = """
arabic:ar العربية:ar chinese:zh mandarin:zh 中文:zh english:en anglais:en inglés:en french:fr français:fr german:de
hindi:hi indonesian:id japanese:ja khmer:km malay:ms persian:fa farsi:fa dari:fa portuguese:pt português:pt
russian:ru русский:ru spanish:es español:es swahili:sw turkish:tr urdu:ur vietnamese:vi
"""

_TWO_LETTER_BY_THREE: Final = dict(pair.split(":") for pair in _TWO_LETTER_PAIRS.split())
_TWO_LETTER: Final = frozenset(_TWO_LETTER_BY_THREE.values())
_PREFERRED: Final = dict(pair.split(":") for pair in _PREFERRED_PAIRS.split())
_THREE_LETTER: Final = frozenset(_THREE_LETTER_CODES.split())

CODE_BY_NAME: Final = dict(pair.split(":") for pair in _NAME_PAIRS.split())
"""Names that people write instead of a code, for the hint."""


def canonical_language(tag: str) -> str | None:
    """Return the one code of the language that a tag names, or ``None`` when it names none.

    Parameters
    ----------
    tag
        A BCP 47 tag or an ISO 639 code, in any case; scripts, regions and variants are accepted and dropped.

    Returns
    -------
    str or None
        The two-letter code where there is one, else the three-letter code.

    References
    ----------
    RFC 5646 (BCP 47); ISO 639-1, 639-2 and 639-3.

    Examples
    --------
    >>> canonical_language("en-GB"), canonical_language("ENG"), canonical_language("Klingon")
    ('en', 'en', None)
    """
    tag = tag.replace("_", "-")
    if len(tag) > _MAX_TAG_LENGTH or not _TAG.match(tag):
        return None
    primary = tag.partition("-")[0].lower()
    primary = _TWO_LETTER_BY_THREE.get(primary, primary)
    primary = _PREFERRED.get(primary, primary)
    return primary if primary in _TWO_LETTER or primary in _THREE_LETTER else None
