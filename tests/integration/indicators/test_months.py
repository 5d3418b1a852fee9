"""Changes by month: what is known to have happened in a month, and what is undated in its year."""

from datetime import date

from tests.integration.indicators.conftest import ReadSide


async def _series(side: ReadSide) -> dict[date, tuple[int, int]]:
    rows = await side.pool.fetch(
        "select month, delta, undated from api.series('region', '2019-01-01', '2019-12-31') "
        "where indicator = 'ideas_identified'"
    )
    return {row["month"]: (row["delta"], row["undated"]) for row in rows}


async def test_a_month_holds_what_is_known_to_have_happened_in_it_and_the_rest_stands_undated(side: ReadSide) -> None:
    hand = await side.member()
    async with side.reading():
        await hand.idea(occurredon="2019-06-15")
        await hand.idea(occurredon="2019-06-15", occurredprecision="month")
        for precision in ("quarter", "at_latest"):
            await hand.idea(occurredon="2019-06-30", occurredprecision=precision)
        yearly = await hand.idea(occurredon="2019-02-01", occurredprecision="year")
        await side.read(hand)
        assert await _series(side) == {date(2019, 6, 1): (2, 2), date(2019, 12, 1): (0, 1)}
        await hand.correct(yearly, on="2019-12-31")
        await side.read(hand)
    assert await _series(side) == {date(2019, 6, 1): (2, 2), date(2019, 12, 1): (1, 0)}
    assert await side.figure("ideas_identified", day="2019-12-31") == 5
    assert await side.figure("ideas_identified", day="2019-06-29") == 1


async def test_no_scope_however_many_there_are_has_the_key_of_another_indicator(side: ReadSide) -> None:
    assert await side.pool.fetchval(
        "select api.pack(4, 2147483647, api.day('9999-12-31')) < api.pack(5, 0, api.day('1900-01-01'))"
    )
