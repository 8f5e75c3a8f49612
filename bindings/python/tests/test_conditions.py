"""Conditions: what they match, in the library and in Python, and how they combine."""

from typing import Any

import pytest

from dictdb import And, Condition, Count, Field, Not, Or, ParseError, PredicateExpr, Query, Sum, Table, Update, Where
from dictdb.core.condition import Junction
from tests.support import each


def found(table: Table, where: Any) -> list[Any]:
    return [row["id"] for row in table.select(where=where)]


def agree(table: Table, where: PredicateExpr) -> list[Any]:
    """The ids that match, which must be the same in every way of asking."""
    by_library = found(table, where)
    assert by_library == [row["id"] for row in table.all() if where(row)]
    assert by_library == found(table, Condition(where))
    assert by_library == found(table, PredicateExpr(where.func))
    assert by_library == [row["id"] for row in table.all() if row["id"] not in found(table, ~where)]
    assert len(by_library) == table.count(where) == table.aggregate(where=where, n=Count())["n"]
    return by_library


@pytest.fixture
def odd(users: Table) -> Table:
    users.delete()
    users.insert(
        [
            {"id": 1, "v": 1, "s": "Ada"},
            {"id": 2, "v": True, "s": "ADA"},
            {"id": 3, "v": 1.0, "s": "a%b"},
            {"id": 4, "v": 0, "s": "a\nb"},
            {"id": 5, "v": False, "s": ""},
            {"id": 6, "v": None, "s": None},
            {"id": 7, "s": 7},
            {"id": 8, "v": "1", "s": "ÄÖ"},
            {"id": 9, "v": [1, True], "s": ["Ada"]},
            {"id": 10, "v": [1, 1], "s": {"Ada": 1}},
            {"id": 11, "v": {"k": 0}, "s": "a!b"},
            {"id": 12, "v": 2**53 + 1, "s": "a_b"},
        ]
    )
    return users


def test_equality_is_pythons(odd: Table) -> None:
    assert agree(odd, odd.v == 1) == agree(odd, odd.v == True) == agree(odd, odd.v == 1.0) == [1, 2, 3]
    assert agree(odd, odd.v == 0) == agree(odd, odd.v == False) == agree(odd, odd.v == -0.0) == [4, 5]
    assert agree(odd, odd.v == None) == agree(odd, odd.v.is_null()) == [6, 7]
    assert agree(odd, odd.v != None) == agree(odd, odd.v.is_not_null()) == [1, 2, 3, 4, 5, 8, 9, 10, 11, 12]
    assert agree(odd, odd.v == [1, 1]) == agree(odd, odd.v == (True, 1)) or agree(odd, odd.v == [1, 1]) == [9, 10]
    assert agree(odd, odd.v == {"k": False}) == [11]
    assert agree(odd, odd.v == "1") == [8]
    assert agree(odd, odd.v == 2**53 + 1) == [12]
    assert agree(odd, odd.v == 2.0**53) == []
    assert agree(odd, odd.v != 1) == [4, 5, 6, 7, 8, 9, 10, 11, 12]
    assert agree(odd, odd.v.is_in([1, "1", None])) == [1, 2, 3, 6, 7, 8]
    assert agree(odd, odd.v.is_in([])) == []
    assert agree(odd, odd.v.contains(1)) == agree(odd, odd.v.contains(True)) == [9, 10]
    long = [1] * 10
    odd.insert({"id": 13, "v": long})
    assert agree(odd, odd.v == long) == [13]


def test_order(users: Table) -> None:
    assert agree(users, users.age < 36) == [2, 4]
    assert agree(users, users.age <= 36) == [1, 2, 4]
    assert agree(users, users.age > 36) == [3]
    assert agree(users, users.age >= 36) == agree(users, users.age >= 36) == [1, 3]
    assert agree(users, users.age > True) == [1, 2, 3, 4]
    assert agree(users, users.age.between(25, 36)) == [1, 2, 4]
    assert agree(users, users.name >= "Bob") == [2, 3, 4]
    assert agree(users, users.tags >= ["b"]) == [3, 4]
    assert agree(users, users.age.between("a", None)) == []


def test_order_in_python_is_an_error_where_the_library_finds_nothing(odd: Table) -> None:
    assert found(odd, odd.v < 5) == [1, 3, 4]
    with pytest.raises(TypeError):
        (odd.v < 5)(odd.get(6))
    with pytest.raises(TypeError):
        found(odd, PredicateExpr((odd.v < 5).func))


def test_texts(odd: Table) -> None:
    assert agree(odd, odd.s.like("a_b")) == [3, 4, 11, 12]
    assert agree(odd, odd.s.like("a!_b", escape="!")) == [12]
    assert agree(odd, odd.s.like("a!%b", escape="!")) == [3]
    assert agree(odd, odd.s.like("a!!b", escape="!")) == [11]
    assert agree(odd, odd.s.like("a'_b", escape="'")) == [12]
    assert agree(odd, odd.s.like("a\\_b", escape="\\")) == [12]
    assert agree(odd, odd.s.like("a{_b", escape="{")) == [12]
    assert agree(odd, odd.s.like("a_b", escape="")) == agree(odd, odd.s.like("a_b", escape="!!")) == [3, 4, 11, 12]
    assert agree(odd, odd.s.like("%!", escape="!")) == []
    assert agree(odd, odd.s.like("%")) == [1, 2, 3, 4, 5, 8, 11, 12]
    assert agree(odd, odd.s.like("")) == [5]
    assert agree(odd, odd.s.ilike("ad_")) == agree(odd, odd.s.iequals("aDa")) == [1, 2]
    assert agree(odd, odd.s.icontains("D")) == agree(odd, odd.s.istartswith("aD")) == agree(odd, odd.s.iendswith("DA")) == [1, 2]
    assert agree(odd, odd.s.iequals("äö")) == [8]
    assert agree(odd, odd.s.startswith("a")) == [3, 4, 11, 12]
    assert agree(odd, odd.s.startswith(("A", "Ä"))) == [1, 2, 8]
    assert agree(odd, odd.s.endswith(("a", "%b"))) == [1, 3]
    assert agree(odd, odd.s.startswith(())) == []
    assert agree(odd, odd.s.contains("Ada")) == [1, 9, 10]
    for call in each(odd.s.like, odd.s.startswith, odd.s.endswith, odd.s.iequals, odd.s.icontains, odd.s.ilike):
        for wrong in (5, None, b"a"):
            with pytest.raises(TypeError):
                call(wrong)


def test_logic(users: Table) -> None:
    it, young = users.dept == "IT", users.age < 40
    assert agree(users, it & young) == agree(users, And(it, young)) == [1]
    assert agree(users, it | young) == agree(users, Or(it, Condition(young))) == [1, 2, 3, 4]
    assert agree(users, ~it) == agree(users, Not(Condition(it))) == [2, 4]
    assert agree(users, And(Or(it, users.id == 2), Not(young), users.name.like("C%"))) == [3]
    assert found(users, Condition(it) & young) == found(users, it & Condition(young)) == [1]
    assert found(users, Condition(it) | Condition(users.id == 2)) == [1, 2, 3]
    assert found(users, ~Condition(it)) == [2, 4]
    for few in ((), (it,)):
        with pytest.raises(ValueError):
            And(*few)
        with pytest.raises(ValueError):
            Or(*few)
    for wrong in (5, None, "x", lambda record: True):
        with pytest.raises(TypeError):
            Condition(wrong)
        with pytest.raises(TypeError):
            And(it, wrong)  # type: ignore[arg-type]
        with pytest.raises(TypeError):
            Not(wrong)  # type: ignore[arg-type]
        with pytest.raises(TypeError):
            it & wrong  # type: ignore[operator]
    with pytest.raises(TypeError):
        bool(it)
    with pytest.raises(TypeError):
        PredicateExpr(5)  # type: ignore[arg-type]
    assert isinstance(it & young & users.id.is_in([1]) & young, Junction)


def test_long_chains_are_flat(users: Table) -> None:
    any_of: PredicateExpr = users.id == 1
    for number in range(2, 2000):
        any_of = any_of | (users.id == number)
    assert found(users, any_of) == [1, 2, 3, 4]


def test_functions(users: Table) -> None:
    vowel = PredicateExpr(lambda record: record["name"][0] in "AEIOU")
    assert found(users, vowel) == [1]
    assert found(users, ~vowel & (users.age == 25)) == [2, 4]
    assert found(users, vowel | (users.age == 61)) == [1, 3]
    assert users.select(["name"], Condition(~vowel), order_by="-name", limit=1, offset=1) == [{"name": "Cleo"}]
    assert users.count(~vowel) == 3
    assert users.aggregate(where=~vowel, n=Sum("age")) == {"n": 111}
    assert users.update({"v": 1}, vowel) == 1
    assert users.update("v = 2", ~vowel & (users.dept == "IT")) == 1
    assert [row.get("v") for row in users.all()] == [1, None, 2, None]
    assert users.delete(~vowel) == 3
    with pytest.raises(ZeroDivisionError):
        found(users, PredicateExpr(lambda record: bool(1 / 0)))
    with pytest.raises(TypeError, match="Python function"):
        users.cursor(where=vowel)


def test_conditions_as_text(users: Table) -> None:
    assert found(users, "age >= 30 AND tags CONTAINS 'b'") == [1, 3]
    assert users.select(["id"], "age = ?1 AND name != ?2", params=[25, "Bob"]) == [{"id": 4}]
    part = Where("age = ?1 OR name = ?2 OR name IN ('?1', \"?2\", '''?1') OR `dept` = ?2", 25, "Ada")
    assert found(users, part) == [1, 2, 4]
    assert found(users, And(users.id > 1, part, users.id < 4)) == [2]
    assert found(users, ~part) == [3]
    assert found(users, Where("address.city = ?1", "Bern") | Where("address.city = ?1", "Ulm")) == [1, 2]
    with pytest.raises(TypeError):
        part(users.get(1))
    with pytest.raises(ParseError) as caught:
        found(users, "age >= AND")
    assert caught.value.detail["position"] == 7
    assert isinstance(caught.value, ValueError)
    with pytest.raises(ValueError):
        found(users, "age = ?1")
    with pytest.raises(ValueError):
        users.select(where="age = 1", params=[1])
    with pytest.raises(TypeError):
        Where(5)  # type: ignore[arg-type]
    users.insert({"id": 9, "name": "' OR TRUE OR name = '"})
    assert found(users, users.name == "' OR TRUE OR name = '") == [9]


def test_fields_inside_values(users: Table) -> None:
    assert agree(users, users.address.city == "Bern") == agree(users, users.address["city"] == "Bern") == [1]
    assert agree(users, users.tags[0] == "b") == agree(users, Field(users, "tags")[0] == "b") == [3]
    assert agree(users, users.address.city.is_null()) == [3, 4]
    assert repr(users.tags[1]) == "<Field 'tags[1]'>"
    assert users.address.city.table is users
    assert Field(users, "count").name == "count"
    assert found(users, Field(None, "age") == 61) == [3]
    with pytest.raises(TypeError):
        users.tags[1.5]  # type: ignore[index]
    with pytest.raises(ValueError):
        users.tags[-1]
    with pytest.raises(TypeError):
        list(users.tags)  # type: ignore[call-overload]
    with pytest.raises(TypeError):
        assert "x" in users.tags  # type: ignore[misc]
    with pytest.raises(TypeError):
        hash(users.tags)
    with pytest.raises(TypeError):
        users.age == users.name
    with pytest.raises(AttributeError):
        users.__nothing__
    with pytest.raises(AttributeError):
        users.age.__nothing__


def test_compiled(users: Table) -> None:
    with Query({"where": "age >= ?1", "order_by": "-age", "columns": ["id"], "limit": "?2"}) as query:
        assert query.run(users, [30, 10]) == [{"id": 3}, {"id": 1}]
        assert query.text(users, [0, 1]) == b'[{"id":3}]'
        assert query.count(users, [0, 3]) == 3
        assert query.explain(users, [0, 1])["order"] == "top"
        assert list(query.cursor(users, [30, 10])) == [{"id": 3}, {"id": 1}]
        with pytest.raises(ValueError):
            query.run(users, [30])
    assert Query().count(users) == 4
    assert Query({"where": "age = ?1"}).delete(users, [25]) == 2
    with Update("id = ?1", "age = age + ?2") as update:
        assert update.run(users, [1, 4]) == 1
        assert update.explain(users, [1, 4])["access"] == "primary_key"
    assert users.get(1)["age"] == 40
    with pytest.raises(ParseError):
        Update("TRUE", "age =")
    with pytest.raises(ValueError):
        Query({"wher": "x"})
    assert users.query({"aggregates": {"n": "count()", "most": "max(age)"}, "where": "age > ?1"}, [50]) == [{"n": 1, "most": 61}]
    assert users.query() == users.all()
