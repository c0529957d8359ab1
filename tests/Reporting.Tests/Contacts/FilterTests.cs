using CallCenter.Reporting.Contacts;

namespace CallCenter.Reporting.Tests.Contacts;

/// <summary>Queries of lists: what is understood, what is refused.</summary>
public class FilterTests
{
    private static readonly DateTimeOffset Now = new(2026, 3, 2, 12, 0, 0, TimeSpan.Zero);

    [Fact]
    public void Default_is_the_last_24_hours()
    {
        var (filter, errors) = ContactFilter.Read(new ContactQuery(null, null, null, null, null, null), Now);
        errors.ShouldBeEmpty();
        filter.ShouldBe(new ContactFilter(null, Now.AddHours(-24), Now, null, null, 100));
    }

    [Theory]
    [InlineData("2026-03-02T09:00:00Z")]
    [InlineData("2026-03-02T11:00:00+02:00")]
    [InlineData("2026-03-02T11:00:00 02:00")]
    [InlineData("2026-03-02 09:00")]
    public void Times_are_iso_8601_and_utc_without_an_offset(string from) =>
        ContactFilter.Read(new ContactQuery(null, from, null, null, null, null), Now).Filter.From.ShouldBe(Now.AddHours(-3));

    [Theory]
    [InlineData("x", null, null, null, null, null)]
    [InlineData(null, "yesterday", null, null, null, null)]
    [InlineData(null, "2026-03-02T12:00:00Z", "2026-03-02T12:00:00Z", null, null, null)]
    [InlineData(null, null, null, "7", null, null)]
    [InlineData(null, null, null, null, "AAAA", null)]
    [InlineData(null, null, null, null, "________________________________", null)]
    [InlineData(null, null, null, null, null, "501")]
    [InlineData(null, null, null, null, null, "0")]
    public void Wrong_query_is_told(string? tenant, string? from, string? to, string? agent, string? cursor, string? limit) =>
        ContactFilter.Read(new ContactQuery(tenant, from, to, agent, cursor, limit), Now).Errors.Count.ShouldBe(1);

    [Fact]
    public void Range_may_be_of_any_length_as_pages_are_bounded() =>
        ContactFilter.Read(new ContactQuery(null, "1970-01-01T00:00:00Z", "2070-01-01T00:00:00Z", null, null, null), Now).Errors.ShouldBeEmpty();

    [Fact]
    public void Every_mistake_is_told_at_once() =>
        ContactFilter.Read(new ContactQuery("x", "y", "z", "a", "b", "c", "q", "Gone", new string('1', 65), "-1"), Now).Errors.Count.ShouldBe(10);

    [Fact]
    public void Search_goes_over_a_bounded_range() =>
        ContactFilter.Read(new ContactQuery(null, "2024-01-01", "2026-01-01", null, null, null, MinSeconds: "60"), Now).Errors.ShouldHaveSingleItem().ShouldContain("400 days");

    [Fact]
    public void Plus_sign_of_a_number_that_arrived_as_a_space_is_one() =>
        ContactFilter.Read(new ContactQuery(null, null, null, null, null, null, Caller: " 358"), Now).Filter.Caller.ShouldBe("+358");

    [Fact]
    public void Range_at_the_beginning_of_time_is_no_crash() =>
        ContactFilter.Read(new ContactQuery(null, null, "0001-01-01T00:00:00Z", null, null, null), Now).Errors.Count.ShouldBe(1);

    [Fact]
    public void Cursor_comes_back_as_it_went()
    {
        var cursor = new Cursor(Now.AddMilliseconds(7), Guid.NewGuid());
        Cursor.Read(cursor.Text()).ShouldBe(cursor);
    }
}
