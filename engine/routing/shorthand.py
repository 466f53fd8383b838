"""What people type on a phone, as the words that it stands for: "u" for "you", "thats" for "that's", "this 1" for "this one".

The table is read before any rule, so that a rule need not know how a word was typed. What could be another word as well ("ill",
"lets", "wed") is left alone.
"""

from collections.abc import Mapping

_FOR_ONE_WORD = """
    n and | aand and | aaand and | aaaand and | annd and | annnd and | andd and | w with | w/ with | w/o without | w/out without | wth with | u you | yu you | yal everyone | yall everyone | ur your | r are | cld could | wld would | shld should | cn can
    | plse please | plsss please | plssss please | pleez please | sry sorry | soz sorry | srry sorry | gr8 great | l8r later | plss please | plzz please | pleaz please | plox please
    | b be | rn now | atm now | nw now | jst just | jus just | alr already | alrdy already | fnly finally | finaly finally | finnaly finally
    | thnx thanks | thanx thanks | thks thanks | thnks thanks | thxs thx | thxx thx | txs thx | tyvm thanks | tyia thanks | tysm thanks | thankyou thanks | tnks thanks
    | okey ok | oki ok | okie ok | okk ok | oke ok | okies ok | yh yes | yas yes | ye yes | yesh yes | yeh yeah | yupp yup | yepp yep | yip yep
    | tmrw tomorrow | tmr tomorrow | tmw tomorrow | tmro tomorrow | tomo tomorrow | tomoz tomorrow | tomorow tomorrow | tommorow tomorrow | tommorrow tomorrow
    | 2mrw tomorrow | 2moro tomorrow | 2morrow tomorrow
    | tdy today | 2day today | ystd yesterday | yest yesterday | yday yesterday | tonite tonight | 2nite tonight
    | wo without | b4 before | bc because | cuz because | coz because | bcz because | altho although | tho though | thru through | abt about
    | prob probably | probs probably | prolly probably | prbly probably | probly probably | mby maybe | defo definitely
    | some1 someone | sm1 someone | sum1 someone | any1 anyone | every1 everyone | evry1 everyone | ppl people | smth something | sth something
    | mgr manager | msg message | wk week | wks weeks | mth month | mths months | mins minutes | hrs hours | rpt report | tkt ticket | tckt ticket
    | compl complete | donw done | donr done | wraped wrapped | wrappd wrapped | q question | gd good | grt great
    """
_FOR_SEVERAL = """
    thats that 's | thts that 's | thatz that 's | tht's that 's | its it 's | itz it 's | hows how 's | whats what 's | wats what 's | wots what 's | heres here 's
    | theres there 's | theyre they are | they're they are | gn good night | nite good night | gnite good night | whos who 's | gimme give me | wanna want to | lmk let me know | fyr for your reference
    | imo i think | imho i think | dunno not sure | idk not sure | dno not sure
    """
_ONE = frozenset(("this", "that", "dis", "next"))
"""Behind these a figure 1 is a word, and "ones" has lost its apostrophe."""


def _table(said: str) -> dict[str, list[str]]:
    return {short: words for short, *words in (entry.split() for entry in said.split("|"))}


MEANT: Mapping[str, str] = {short: words[0] for short, words in _table(_FOR_ONE_WORD).items()}
"""What stands for one word."""
_SEVERAL = _table(_FOR_SEVERAL)
_CALLING = frozenset((*_SEVERAL, "1", "ones"))


def spelt_out(tokens: list[str]) -> list[str]:
    """Return the words of a message with those that stand for several, or for one beside certain others, spelt out."""
    if _CALLING.isdisjoint(tokens):
        return tokens
    said: list[str] = []
    for word in tokens:
        if said and said[-1] in _ONE and word in ("1", "ones"):
            said += ["one"] if word == "1" else ["one", "'s"]
        else:
            said += _SEVERAL.get(word) or (word,)
    return said
