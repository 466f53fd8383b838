"""Jira Query Language: text to a tree, with Jira's own sentences for what does not parse.

query     = [or] ["ORDER BY" field [ASC|DESC] {"," …}]
or        = and {OR and}            and = not {AND not}        not = NOT not | "(" or ")" | clause
clause    = field operator operand {predicate}
operand   = value | function | "(" operand {"," operand} ")" | EMPTY
predicate = (AFTER|BEFORE|ON|DURING|BY|FROM|TO) operand
"""

from dataclasses import dataclass

from emulators.jira.jql_tokens import KEYWORDS, RESERVED_WORDS, START, JqlError, Token, tokens, where


@dataclass(frozen=True, slots=True)
class Value:
    """A literal as written (unquoted) and whether it was quoted."""

    text: str
    quoted: bool = False


@dataclass(frozen=True, slots=True)
class Function:
    """A function call."""

    name: str
    arguments: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Empty:
    """EMPTY or NULL."""


@dataclass(frozen=True, slots=True)
class Several:
    """A list in parentheses."""

    items: tuple["Operand", ...]


Operand = Value | Function | Empty | Several


@dataclass(frozen=True, slots=True)
class Predicate:
    """A condition on a history clause; ``name`` is lower case."""

    name: str
    operand: Operand


@dataclass(frozen=True, slots=True)
class Clause:
    """One comparison; ``operator`` is lower case; CHANGED has no operand."""

    field: str
    operator: str
    operand: Operand | None
    predicates: tuple[Predicate, ...] = ()


@dataclass(frozen=True, slots=True)
class Not:
    """Negation."""

    inner: "Node"


@dataclass(frozen=True, slots=True)
class And:
    """Conjunction."""

    parts: tuple["Node", ...]


@dataclass(frozen=True, slots=True)
class Or:
    """Disjunction."""

    parts: tuple["Node", ...]


Node = Clause | Not | And | Or


@dataclass(frozen=True, slots=True)
class Order:
    """One sort key."""

    field: str
    descending: bool | None = None


@dataclass(frozen=True, slots=True)
class Query:
    """A whole query; ``where`` is None when it restricts nothing."""

    where: Node | None
    order: tuple[Order, ...] = ()


MAX_DEPTH = 60
MAX_ORDERS = 7
_PREDICATES = ("after", "before", "on", "during", "by", "from", "to")
_OPERATORS = "'=', '!=', '<', '>', '<=', '>=', '~', '!~', 'IN', 'NOT IN', 'IS' and 'IS NOT'"


def parse(text: str) -> Query:
    """Return the tree of a query; JqlError with Jira's sentence when there is none."""
    return _Parser(text).query()


class _Parser:
    def __init__(self, text: str) -> None:
        self.text, self.tokens, self.at, self.depth = text, tokens(text), 0, 0

    def peek(self, ahead: int = 0) -> Token:
        place = self.at + ahead
        return self.tokens[place] if place < len(self.tokens) else Token("end", "", len(self.text))

    def take(self) -> Token:
        token = self.peek()
        self.at += 1
        return token

    def taken(self, *words: str) -> bool:
        """Take a keyword or mark if it is next."""
        token = self.peek()
        if token.word in words or (token.kind in ("mark", "op") and token.text in words):
            self.at += 1
            return True
        return False

    def error(self, expected: str, token: Token, advice: str = "") -> JqlError:
        if token.kind == "end":
            return JqlError(f"{START}Expecting {expected} before the end of the query.")
        return JqlError(
            f"{START}Expecting {expected} but got '{token.text}'.{advice} {where(self.text, token.at)}"
        )

    def query(self) -> Query:
        where = None
        if self.peek().kind != "end" and not self._ordering():
            where = self.disjunction()
        order: tuple[Order, ...] = ()
        if self._ordering():
            self.at += 2
            order = self.orders()
        if len(order) > MAX_ORDERS:
            raise JqlError(f"The 'ORDER BY' clause can contain a maximum of {MAX_ORDERS} fields.")
        if self.peek().kind != "end":
            raise self.error("either 'OR' or 'AND'", self.peek())
        return Query(where, order)

    def _ordering(self) -> bool:
        return self.peek().word == "order" and self.peek(1).word == "by"

    def orders(self) -> tuple[Order, ...]:
        found = []
        while True:
            field = self.field()
            direction = None
            if self.peek().word in ("asc", "desc"):
                direction = self.take().word == "desc"
            found.append(Order(field, direction))
            if not self.taken(","):
                return tuple(found)

    def disjunction(self) -> Node:
        parts = [self.conjunction()]
        while self.taken("or", "||", "|"):
            parts.append(self.conjunction())
        return parts[0] if len(parts) == 1 else Or(tuple(parts))

    def conjunction(self) -> Node:
        parts = [self.negation()]
        while self.taken("and", "&&", "&"):
            parts.append(self.negation())
        return parts[0] if len(parts) == 1 else And(tuple(parts))

    def negation(self) -> Node:
        self.depth += 1
        if self.depth > MAX_DEPTH:
            raise JqlError(f"{START}The query is nested too deeply.")
        try:
            if self.taken("not", "!"):
                return Not(self.negation())
            if self.taken("("):
                inner = self.disjunction()
                if not self.taken(")"):
                    raise self.error("')'", self.peek())
                return inner
            return self.clause()
        finally:
            self.depth -= 1

    def field(self) -> str:
        token = self.take()
        if token.word == "cf" and self.taken("["):
            number = self.take().text
            if not self.taken("]"):
                raise self.error("']'", self.peek())
            return f"cf[{number}]"
        if token.kind == "end":
            raise self.error("a field name", token)
        if token.kind not in ("word", "quoted") or token.word in KEYWORDS:
            advice = f" You must surround '{token.text}' in quotation marks to use it as a field name."
            raise self.error("a field name", token, advice)
        self.unreserved(token)
        return token.text

    def unreserved(self, token: Token) -> None:
        """Refuse a reserved word that is not quoted."""
        if token.word in RESERVED_WORDS:
            raise JqlError(
                f"{START}'{token.text}' is a reserved JQL word. You must surround it in quotation marks to use it in a "
                f"query. {where(self.text, token.at)}"
            )

    def clause(self) -> Clause:
        field = self.field()
        operator = self.operator()
        if operator == "changed":
            return Clause(field, operator, None, self.predicates())
        operand = self.operand(listed=operator in ("in", "not in", "was in", "was not in"))
        history = operator.startswith("was")
        return Clause(field, operator, operand, self.predicates() if history else ())

    def operator(self) -> str:
        token = self.take()
        if token.kind == "op":
            return token.text
        if token.word == "is":
            return "is not" if self.taken("not") else "is"
        if token.word == "was":
            operator = "was not" if self.taken("not") else "was"
            return f"{operator} in" if self.taken("in") else operator
        if token.word == "not" and self.taken("in"):
            return "not in"
        if token.word in ("in", "changed"):
            return token.word
        if token.kind == "end":
            raise JqlError(
                f"{START}Expecting operator before the end of the query. The valid operators are {_OPERATORS}."
            )
        raise JqlError(
            f"{START}Expecting operator but got '{token.text}'. The valid operators are {_OPERATORS}. "
            f"{where(self.text, token.at)}"
        )

    def predicates(self) -> tuple[Predicate, ...]:
        found = []
        while (word := self.peek().word) in _PREDICATES:
            self.at += 1
            found.append(Predicate(word, self.operand(listed=False)))
        return tuple(found)

    def operand(self, *, listed: bool) -> Operand:
        expected = "either a list or function" if listed else "either a value, list or function"
        token = self.take()
        if token.kind == "mark" and token.text == "(":
            return self.several()
        if token.word in ("empty", "null") and self.peek().text != "(":
            return Empty()
        if token.kind not in ("word", "quoted") or token.word in KEYWORDS:
            advice = f" You must surround '{token.text}' in quotation marks to use it as a value."
            raise self.error(expected, token, advice if token.kind != "op" else "")
        self.unreserved(token)
        if self.peek().kind == "mark" and self.taken("("):
            return Function(token.text, self.arguments())
        if listed:
            raise self.error("'('", token)
        return Value(token.text, token.kind == "quoted")

    def several(self) -> Several:
        items = [self.operand(listed=False)]
        while self.taken(","):
            items.append(self.operand(listed=False))
        if not self.taken(")"):
            raise self.error("either ')' or ','", self.peek())
        return Several(tuple(items))

    def arguments(self) -> tuple[str, ...]:
        found: list[str] = []
        while not self.taken(")"):
            token = self.take()
            if token.kind not in ("word", "quoted"):
                raise self.error("either a function argument or ')'", token)
            found.append(token.text)
            self.taken(",")
        return tuple(found)
