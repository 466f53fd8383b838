"""German: the second language, smaller than English, of the same shape."""

from engine.routing.lexicon import Lexicon, vocabulary
from engine.routing.rules import Reservation, Rule
from engine.types import Route

_CLASSES = {
    "done": "{outcome} ((und|AND|SLASH|COMMA) {outcome})?",
    "outcome": "fertig | erledigt | abgeschlossen | fertiggestellt | geschlossen | done | komplett | vollständig erledigt",
    "did": "fertig | abgeschlossen | erledigt | fertiggestellt | geschlossen | fertig gemacht | fertiggemacht | beendet",
    "state": "QUOTE? (erledigt|done|fertig|abgeschlossen|geschlossen) QUOTE?",
    "is": "ist | is | sind | ist jetzt | sind jetzt | ist nun | ist somit | wurde | wurden",
    "fully": "jetzt | nun | schon | bereits | endlich | ganz | alles | beide | gerade | soeben | auch | heute | gestern",
    "kind": "aufgabe | ticket | story | vorgang | issue | bug | task | karte",
    "kinds": "aufgaben | tickets | stories | vorgänge | issues | bugs | tasks",
    "the": "die | der | das | den | dem | mein | meine | meinem | meiner | unser | unsere | dieses | diese | diesem | dieser | beide",
    "keys": "KEY (((COMMA|SEMI|SLASH)? (NL DASH?)? (und|AND|sowie)?) KEY)*",
    "document": """
        release notes | dokumentation | doku | präsentation | folien | spezifikation | mockups | wireframes | entwürfe | übersetzung
        | anleitung | handbuch | wochenbericht | monatsbericht | quartalsbericht | testplan | projektplan | konzept
        | statusbericht | abschlussbericht | jahresbericht | projektbericht | startseite | webseite | website | landingpage | landing page | loginseite | login-seite
        | banner | newsletter | protokoll | roadmap | budget | budgetplan | auswertung | kostenschätzung | aufwandsschätzung | grafik | grafiken | logo
        | blogpost | blogartikel | blogbeitrag | broschüre | flyer | wireframe | mockup | changelog | checkliste | runbook | leitfaden | whitepaper
        | schulungsunterlagen | reisekostenabrechnung | spesenabrechnung | stellenanzeige | datenmodell | testfälle | pressemitteilung | benutzerhandbuch
        | api-dokumentation | testkonzept | foliensatz | deck | styleguide | marktanalyse | wettbewerbsanalyse | risikoanalyse""",
    "thing": "({the}|der) {WORD}?{WORD}? (aufgabe|ticket|story|vorgang|task|karte|{document})",
    "please": "bitte | bitte mal",
    "polite": "du (kannst|könntest) (jetzt|nun|auch|gerne)* | (kannst du|könntest du|würdest du|können sie|könnten sie|kann man) (bitte|mal|kurz)*",
    "stop": "COMMA | DOT | EX | DASH | COLON | NL",
    "everyone": "zusammen | alle | team | leute | bot | updraft | AT",
    "thanks": "(danke|vielen dank|dankeschön|merci|thanks|thank you|thx) (schön|sehr|euch|dir|im voraus)?",
    "greeting": "(hallo|hello|hi|hey|moin|servus|guten morgen|guten tag|guten abend) ({everyone}|{WORD})? {stop} | (hallo|hi|hey|moin) {everyone}?",
    "ack": "(ok|okay|ja|jo|jep|jup|gut|super|prima|top|cool|perfekt|alles klar|so COMMA)",
    "cheer": "endlich | geschafft | juhu | hurra | yay | puh | gute nachricht | gute nachrichten",
    "opening": "{greeting} | {thanks} {stop} | {ack} | (kurzes|kleines)? update COLON | (kurze|gute)? (info|nachricht|neuigkeiten) COLON | zur info {stop}? | fyi {stop}? | {cheer} | {stop} | AT (!hat|ist|sagt|und|{fully}* {did})",
    "prelude": "(kurze|eine)? frage {stop}?",
    "unjoined": "{please}",
    "joint": "COMMA | DOT | SEMI | EX | NL | und | AND | auch | ebenfalls",
    "it_can": "(es|das|ticket)? (kann|können) (also|jetzt|nun)?",
    "may_be": "(kann|können) (jetzt|nun|also|somit|beide|damit)* (geschlossen werden|zugemacht werden|(auf|als|nach) {state} (gesetzt|markiert|verschoben) werden)",
    "order": "setze | setz | markiere | markier | verschiebe | verschieb | stelle | stell | schieb | schiebe | zieh | ziehe",
    "close": "schließen | schliessen | abschließen | abschliessen | zumachen",
    "put": "setzen | markieren | verschieben | stellen | ziehen | schieben",
    "farewell": "(schönes|schönen|schöne) (wochenende|tag|abend|feierabend|pause) | (gute|guten) (nacht|feierabend) | tschüss | ciao",
    "closing": "{cheer} | {farewell} | (viele|liebe|beste|schöne)? (grüße|gruß|vg|lg) (COMMA|NL)? {WORD}? | {stop} | {please} | {thanks} {everyone}? | {everyone} | endlich | viele grüße | vg | lg",
    "items": "tickets | aufgaben | vorgänge | bugs | issues | stories | tasks",
    "period": "heute | gestern | {which} (woche|monat|quartal|sprint|jahr|tag) | im {ANY} | in den letzten {ANY} (tagen|wochen|monaten)",
    "which": "diese | dieses | diesen | letzte | letzten | letztes | in dieser | in diesem | im letzten | in der letzten | vergangene",
    "end": "{period}? ({please}|{thanks}|{everyone}|COMMA|QM|DOT|EX|NL|DASH)* {END}",
    "shown": "zeig | zeige | gib | mir | uns | bitte | ich | möchte | hätte | gern | gerne | mein | meine | meinen | unser | unsere | unseren | den | die | das | wie | was | ist | war | sind",
    "measure": """
        statistik | statistiken | wochenbericht | monatsbericht | tagesbericht | quartalsbericht | sprintbericht | produktivität
        | kennzahlen | zahlen | velocity | burndown | durchsatz | durchlaufzeit | abschlussquote | zusammenfassung (der|meiner|dieser) woche""",
    "write": """
        schreib | schreibe | entwirf | formuliere | verfasse | sende | schick | schicke | informiere | schreiben | aufsetzen | sag | bitte
        | erstelle | antworte | benachrichtige""",
    "on_leave": "urlaub | sonderurlaub | resturlaub | elternzeit",
    "mail": "mail | e-mail | email",
}

_COMPLETIONS = (
    Rule(
        name="completion.de-it-is-done",
        route=Route.COMPLETION,
        notion="what is at hand is said to be done, in a sentence of its own",
        patterns=("(es|das|dies)? ist {fully}* (fertig|erledigt|abgeschlossen)",),
        why="The message says that it is done.",
        examples=("das ist erledigt", "ja, ist fertig"),
        counterexamples=("ok erledigt", "das ist bald erledigt", "ist das erledigt?"),
    ),
    Rule(
        name="completion.de-bare",
        route=Route.COMPLETION,
        notion="nothing is said but that what is at hand is done",
        patterns=(
            "{fully}* (fertig|erledigt|abgeschlossen)",
            "done",
            "(aufgabe|ticket|task) {fully}* (fertig|erledigt|abgeschlossen)",
        ),
        why="The message says nothing but that it is done.",
        examples=("fertig", "Erledigt!", "endlich fertig 🎉"),
        counterexamples=(
            "nicht fertig",
            "fast fertig",
            "fertig?",
            "ok erledigt",
            "ich bin fertig mit den Nerven",
        ),
        bare=True,
    ),
    Rule(
        name="completion.de-is-done",
        route=Route.COMPLETION,
        notion="the work named is said to be done",
        patterns=(
            "WORK ({is}|COLON|DASH|ARROW)? {fully}* {done} (worden)?",
            "{fully}* {done} COLON? WORK",
            "(release notes|folien|mockups|wireframes) sind {fully}* fertig",
            "{thing} {is} {fully}* (fertig|erledigt|abgeschlossen|fertiggestellt|geschlossen)",
        ),
        why="Every word says that {keys} is done.",
        examples=(
            "DEV-12 ist fertig",
            "DEV-12 und DEV-13 sind erledigt",
            "DEV-12 erledigt",
            "die Aufgabe ist erledigt",
            "DEV-12 wurde abgeschlossen",
        ),
        counterexamples=(
            "DEV-12 ist nicht fertig",
            "DEV-12 ist fast fertig",
            "DEV-12 ist bis Freitag fertig",
            "ist DEV-12 fertig?",
            "Sam sagt, DEV-12 ist fertig",
            "wenn DEV-12 fertig ist, geht es weiter",
            "DEV-12 fertig, DEV-13 noch nicht",
            "DEV-12 wird fertig",
        ),
    ),
    Rule(
        name="completion.de-i-finished",
        route=Route.COMPLETION,
        notion="the person says to have finished the work named",
        patterns=(
            "(ich habe|ich hab|hab|habe|wir haben|haben) {fully}* (WORK|{thing}) {fully}* {did}",
            "(ich bin|bin|wir sind|sind)? {fully}* fertig mit (WORK|{thing})",
            "mit (WORK|{thing}) (bin ich|sind wir) {fully}* fertig",
            "(WORK|{thing}) (habe ich|hab ich|haben wir) {fully}* {did}",
            "(ich bin|bin|wir sind) {fully}* mit (WORK|{thing}) {fully}* fertig",
        ),
        why="The person says to have finished this work, and nothing else.",
        examples=(
            "fertig mit DEV-12",
            "ich habe DEV-12 abgeschlossen",
            "bin mit DEV-12 fertig",
            "hab DEV-12 erledigt, danke",
        ),
        counterexamples=(
            "ich habe DEV-12 noch nicht abgeschlossen",
            "Sam hat DEV-12 abgeschlossen",
            "fertig mit dem Mittagessen",
            "bin fast fertig mit DEV-12",
        ),
    ),
    Rule(
        name="completion.de-request",
        route=Route.COMPLETION,
        notion="a request to close the work named",
        patterns=(
            "{please}? (WORK|{thing}) {please}? ({close}|(auf|als|nach) {state} {put}?)",
            "(WORK|{thing}) {may_be} {please}?",
            "({please}|{polite})+ (es|das|dieses|diese) {please}? {close} QM?",
            "{please}? (schließe|schließ|schliesse) {please}? (WORK|{thing}) (ab)?",
            "{please}? {order} {please}? (WORK|{thing}) {please}? (auf|als|nach) {state}",
            "{polite} (WORK|{thing}) {please}? ({close}|(auf|als|nach) {state} {put}) QM?",
        ),
        why="A request to move {keys} to done.",
        examples=(
            "bitte DEV-12 schließen",
            "setze DEV-12 auf erledigt",
            "kannst du DEV-12 schließen?",
            "DEV-12 bitte als erledigt markieren",
            "DEV-12 kann geschlossen werden",
        ),
        counterexamples=(
            "bitte DEV-12 nicht schließen",
            "wie kann ich DEV-12 schließen?",
            "kann ich DEV-12 schließen?",
            "DEV-12 schließen?",
        ),
    ),
)

_CLOSE_IT = Rule(
    name="completion.de-close-it",
    route=Route.COMPLETION,
    notion="a request to close what the same message named",
    patterns=(
        "({please}|{polite})+ (es|das|ihn|sie)? {please}? {close} QM?",
        "({it_can}) (geschlossen|zugemacht) werden",
        "(können wir|kann ich) {please}? (WORK|es|das|{thing}) {please}? {close} QM",
    ),
    why="A request to close {keys}.",
    examples=("DEV-12 ist fertig, bitte schließen", "DEV-12 ist erledigt und kann geschlossen werden"),
    counterexamples=("bitte schließen", "können wir DEV-12 schließen?"),
    leaning=True,
)

_AS_WELL = Rule(
    name="completion.de-as-well",
    route=Route.COMPLETION,
    notion="what was said of one issue holds for another",
    patterns=("WORK (auch|ebenfalls|ebenso)",),
    why="Every word says that {keys} is done.",
    examples=("DEV-12 ist fertig, DEV-13 auch",),
    counterexamples=("DEV-13 auch",),
    keyed=True,
    leaning=True,
)

_REQUESTS = (
    Rule(
        name="productivity.de",
        route=Route.PRODUCTIVITY,
        notion="asks for figures on work",
        patterns=(
            "wie viele {ANY}? {items}",
            "wie produktiv",
            "(was|welche {items}) (habe|hab|haben|hat) (ich|wir|das team) {ANY}?{ANY}?{ANY}?{ANY}? (geschafft|erledigt|abgeschlossen|gemacht|fertiggestellt|geschlossen|gelöst) {end}",
            "(zeig|zeige|gib|wie|was) {shown}* {measure} {FEW} {end}",
            "{shown}* {measure} ((für|im|in|von|der|des|dieser|diese|letzte|letzten) {FEW})? {end}",
            "(statistik|zahlen|kennzahlen) {ANY} {end}",
            "was (habe|hab|haben) (ich|wir) {ANY}?{ANY}?{ANY}? (geschafft|erledigt|abgeschlossen|gemacht|fertiggestellt) {end}",
        ),
        why="The message asks for figures on work.",
        examples=(
            "wie produktiv war ich letzte Woche?",
            "wie viele Tickets habe ich gestern geschlossen?",
            "mein Wochenbericht",
            "was habe ich diese Woche geschafft?",
        ),
        counterexamples=("wie viele Server brauchen wir?", "was hast du gemacht?"),
    ),
    Rule(
        name="email.de",
        route=Route.EMAIL,
        notion="asks for an e-mail or for leave",
        patterns=(
            "({please}|{polite}|ich muss|ich möchte|ich brauche)* (schreib|schreibe|entwirf|formuliere|verfasse|sende|schick|schicke)? (mir|uns)? (eine|einen|ne) {WORD}? {mail} (an|zu|für|über|schreiben|entwerfen|{END})",
            "(eine|ne|kurze|neue)* {mail} (an|für) ({the}|den|hr|{WORD})",
            "{please}* ({write} {FEW} (per|via) {mail}|{write} {FEW} (eine|einen|ne) {WORD}? {mail})",
            "{please}* (eine|ne) {WORD}? {mail} {FEW} (aufsetzen|schreiben|entwerfen|schicken|senden|formulieren)",
            "({please}|ich möchte|ich brauche|ich muss)* (einen|eine|mein|meine)? (urlaubsantrag|krankmeldung|krankschreibung|abwesenheitsnotiz)",
            "({please}|ich|möchte|will|würde|gerne|gern|muss)* {FEW} {on_leave} (beantragen|nehmen|einreichen|für|vom|am|ab)",
            "({please}|ich|bin|muss)* (melde|melden) (mich|mich heute|mich morgen)? krank",
            "(ich)? (melde|muss) mich {ANY}? krank",
        ),
        why="The message asks for an e-mail.",
        examples=(
            "schreib eine Mail an den Kunden wegen der Verspätung",
            "Urlaubsantrag für Freitag",
            "bitte entwirf eine E-Mail an meine Chefin",
        ),
        counterexamples=("der Mail-Server ist langsam", "die E-Mail wurde verschickt"),
    ),
)

_RESERVATIONS = (
    Reservation(
        name="negation",
        notion="is said not to be so",
        patterns=("nicht|kein|keine|nie|niemals|weder|ohne|unvollständig",),
        examples=("DEV-12 ist nicht fertig", "DEV-12 ist noch nicht erledigt"),
    ),
    Reservation(
        name="question",
        notion="is asked, not said",
        patterns=("QM",),
        examples=("ist DEV-12 fertig?",),
    ),
    Reservation(
        name="condition",
        notion="depends on something else",
        patterns=("wenn|falls|sobald|nachdem|bevor|ob|sofern",),
        examples=("wenn DEV-12 fertig ist, geht es weiter", "sobald DEV-12 erledigt ist"),
    ),
    Reservation(
        name="hearsay",
        notion="is what somebody else says",
        patterns=("sagt|sagte|meint|meinte|angeblich|laut|gehört|CITE",),
        examples=("Sam sagt, DEV-12 ist fertig", "angeblich ist DEV-12 fertig"),
    ),
    Reservation(
        name="doubt",
        notion="is not certain",
        patterns=("vielleicht|wohl|wahrscheinlich|vermutlich|glaube|denke|scheint|eventuell|DOUBT|ELLIPSIS",),
        examples=("DEV-12 ist vielleicht fertig", "ich glaube DEV-12 ist fertig"),
    ),
    Reservation(
        name="part",
        notion="holds for a part only",
        patterns=("fast|halb|beinahe|teilweise|größtenteils|bis auf|außer|aber|nur|noch|PCT",),
        examples=("DEV-12 ist fast fertig", "DEV-12 fertig, DEV-13 noch offen"),
    ),
    Reservation(
        name="future",
        notion="is still to come, or wished for",
        patterns=("wird|werden|werde|soll|sollte|muss|will|möchte|morgen|bald|hoffentlich|bis",),
        examples=("DEV-12 wird bald fertig", "DEV-12 ist bis Freitag fertig"),
    ),
)

_DOING = vocabulary(
    """getestet behoben gefixt implementiert deployt ausgerollt gemerged gemergt begonnen angefangen repariert migriert geprüft untersucht
    aktualisiert hinzugefügt entfernt umgesetzt eingebaut teste prüfe untersuche arbeite warte blockiert
    schreibe baue erstelle fixe geschrieben gebaut erstellt gefunden besprochen abgenommen verschoben geliefert vorbereitet"""
)

GERMAN = Lexicon(
    language="German",
    classes=_CLASSES,
    phrases=(("WORK", "({the}? ({kind}|{kinds}) COLON?)? {keys}"),),
    completions=(*_COMPLETIONS, _AS_WELL, _CLOSE_IT),
    requests=_REQUESTS,
    reservations=_RESERVATIONS,
    heads=vocabulary(
        """fertig erledigt abgeschlossen fertiggestellt geschlossen schließen abschließen schließe schließ schliesse setze setz markiere
        markier verschiebe stelle stell fertiggemacht beendet komplett vollständig
        danke ist sind auf nach als schliessen abschliessen zumachen verschieb schieb schiebe zieh ziehe"""
    ),
    request_heads=vocabulary(
        """viele produktiv statistik statistiken wochenbericht monatsbericht tagesbericht produktivität kennzahlen geschafft mail e-mail
        email urlaubsantrag krankmeldung urlaub sonderurlaub was zahlen velocity
        burndown durchsatz durchlaufzeit abschlussquote quartalsbericht sprintbericht welche zusammenfassung krank krankschreibung
        abwesenheitsnotiz elternzeit resturlaub"""
    ),
    reserved=vocabulary(
        """erste ersten erster erstes zweite zweiten letzte letzten letzter nächste nächsten nächster andere anderen anderer falsche falschen
        alte alten halbe halben halber meisten einige vorläufige vorläufigen einzige ganze ganzen restliche restlichen scheiß blöde blöden dumme dummen
        verdammte verdammten später würde würden könnte könnten kann können konnte wäre wären hätte hätten hat hatte werde wirst dürfte darf mag möchte ich du er
        es wir man jemand niemand alle alles beim im in an auf aus bei mit nach seit von vor zu zum zur für über unter um gegen durch als wie so zwar
        doch jedoch sondern trotzdem eher etwa ungefähr circa ca knapp kaum gar sehr ziemlich sogar erst zuerst zunächst dann danach davor vorher
        nachher gleich demnächst heute gestern jetzt nun schon bereits immer selten oft manchmal nochmal wieder zurück offen offene offenen blockiert
        laut gehört glaube denke vermute scheint eventuell theoretisch praktisch quasi eigentlich sozusagen anscheinend offenbar scheinbar
        was wer wo wann warum weshalb welche welcher welches dass weil da während obwohl bevor nachdem damit daher deshalb also etwas nichts viel viele
        wenig wenige mehr weniger teil teile hälfte rest unfertige unfertigen unvollständig unerledigt ungetestet frühestens spätestens
        gleiche gleichen selbe selben dieses jenes jene jener jeder jede jedes welchen unsere ihren seinen seiner ihrer eigene fremde
        bin bist seid war waren wurde wurden geworden worden hab habe haben gehabt nerven mir dir ihm ihr uns euch ihnen ihre ihr seine sein euer eure ein eine einen nicht kein keine keinen nie niemals fast halb beinahe teilweise wenn falls sobald ob vielleicht wohl wahrscheinlich vermutlich
        aber nur noch wird werden soll sollte muss will morgen bald hoffentlich angeblich außer ohne bitte danke und oder ist sind war
        bis sagt meint der die das dem den"""
    ),
    common=vocabulary(
        "der die das den dem des an aus bei nach vor über unter ein einen einem einer er sie wie was wer wo warum welche kein keine mich dich uns mir dir sich auch schon jetzt heute gestern morgen habe haben hab bin wurde wurden kann arbeite warte ist sind zu und im am für mit es ich du wir nicht war hat habe mein meine bitte von auf ein eine noch wird bald bis fertig erledigt"
    ),
    addresses=vocabulary("hallo hi hey moin guten morgen tag ok also und bitte"),
    asking=vocabulary(
        "wie was warum wer wann wo welche welcher welches wieso weshalb kann können kannst könnte ist sind hat haben wird soll sollen darf gibt"
    ),
    ordering=vocabulary("erstelle zeige zeig liste suche finde erinnere erkläre übersetze hilf weise"),
    small_talk=vocabulary(
        "hallo hi hey danke morgen wochenende mittag kaffee geburtstag wetter urlaub tschüss super"
    ),
    doing=_DOING,
    lead_ins=vocabulary("ich wir habe haben hab bin sind heute gestern gerade noch jetzt"),
    open_ends=(
        "offen|wartet|warten|warte|fehlt|fehlen|blockiert|ausstehend|ungetestet|restliche|rest",
        "(im|in) (review|arbeit|test|abnahme) | steht (noch)? aus",
    ),
    harmless=(
        "(keine|ohne) (probleme|fehler|ausfälle|ausfall|auffälligkeiten)",
        "heute|nicht mehr (nötig|notwendig)",
        "(um|von|auf) {ANY} PCT",
    ),
    signs=_DOING
    | vocabulary(
        """fehler test tests review release staging produktion deployment ticket tickets aufgabe kunde kunden build pipeline fertig erledigt
        abgeschlossen noch fix bug branch server datenbank schnittstelle warten wartet offen problem kunde freigabe abnahme"""
    ),
)
