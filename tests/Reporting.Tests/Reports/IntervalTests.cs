using CallCenter.Reporting.Reports;

namespace CallCenter.Reporting.Tests.Reports;

/// <summary>Periods of the wall clock over daylight-saving changes, in zones with every oddity.</summary>
public class IntervalTests(ITestOutputHelper output)
{
    private const int Most = 10_000;

    private static readonly TimeZoneInfo Helsinki = TimeZoneInfo.FindSystemTimeZoneById("Europe/Helsinki");

    [Theory]
    [InlineData("2026-03-28", 24)]
    [InlineData("2026-03-29", 23)]
    [InlineData("2026-10-24", 24)]
    [InlineData("2026-10-25", 25)]
    public void Days_of_changes_have_23_and_25_hours(string date, int hours)
    {
        var day = DateOnly.Parse(date, null);
        var (from, to) = (Intervals.StartOfDay(day, Helsinki), Intervals.StartOfDay(day.AddDays(1), Helsinki));

        (to - from).ShouldBe(TimeSpan.FromHours(hours));
        Lengths(from, to, Interval.Hour).ShouldBe(Enumerable.Repeat(TimeSpan.FromHours(1), hours));
        Lengths(from, to, Interval.HalfHour).ShouldBe(Enumerable.Repeat(TimeSpan.FromMinutes(30), 2 * hours));
        Lengths(from, to, Interval.Quarter).ShouldBe(Enumerable.Repeat(TimeSpan.FromMinutes(15), 4 * hours));
        Lengths(from, to, Interval.Day).ShouldBe([TimeSpan.FromHours(hours)]);
    }

    [Fact]
    public void Weeks_begin_on_Monday_and_months_on_the_first_and_the_ends_are_cut()
    {
        var (from, to) = (At("2026-03-25T12:00:00Z"), At("2026-04-08T12:00:00Z"));
        Local(from, to, Interval.Week).ShouldBe(["2026-03-25 14:00", "2026-03-30 00:00", "2026-04-06 00:00", "2026-04-08 15:00"]);
        Local(from, to, Interval.Month).ShouldBe(["2026-03-25 14:00", "2026-04-01 00:00", "2026-04-08 15:00"]);
        Local(from, to, Interval.Day).Count.ShouldBe(16);
    }

    [Fact]
    public void A_beginning_that_is_the_start_or_the_end_is_no_period_of_its_own()
    {
        var midnight = Intervals.StartOfDay(new DateOnly(2026, 5, 4), Helsinki);
        Lengths(midnight, midnight.AddDays(1), Interval.Day).ShouldBe([TimeSpan.FromDays(1)]);
        Lengths(midnight, midnight.AddMilliseconds(1), Interval.Quarter).ShouldBe([TimeSpan.FromMilliseconds(1)]);
        Lengths(midnight.AddMilliseconds(-1), midnight.AddMilliseconds(1), Interval.Week).ShouldBe([TimeSpan.FromMilliseconds(1), TimeSpan.FromMilliseconds(1)]);
    }

    [Theory]
    [InlineData("America/Santiago", "2026-09-06", "2026-09-06T04:00:00Z", 23)]
    [InlineData("Asia/Beirut", "2026-03-29", "2026-03-28T22:00:00Z", 23)]
    [InlineData("Australia/Lord_Howe", "2026-04-05", "2026-04-04T13:00:00Z", 24.5)]
    [InlineData("Asia/Kathmandu", "2026-04-05", "2026-04-04T18:15:00Z", 24)]
    public void A_day_begins_at_its_first_moment(string zone, string date, string begins, double hours)
    {
        var (there, day) = (TimeZoneInfo.FindSystemTimeZoneById(zone), DateOnly.Parse(date, null));
        var (from, to) = (Intervals.StartOfDay(day, there), Intervals.StartOfDay(day.AddDays(1), there));
        from.ShouldBe(At(begins));
        (to - from).ShouldBe(TimeSpan.FromHours(hours));
    }

    [Fact]
    public void A_time_that_comes_twice_is_the_first_and_one_that_is_skipped_the_next()
    {
        Intervals.Instant(new DateTime(2026, 10, 25, 3, 30, 0), Helsinki).ShouldBe(At("2026-10-25T00:30:00Z"));
        Intervals.Instant(new DateTime(2026, 3, 29, 3, 20, 0), Helsinki).ShouldBe(At("2026-03-29T01:00:00Z"));
    }

    [Fact]
    public void Too_many_periods_are_none() =>
        Intervals.Borders(At("2026-01-01T00:00:00Z"), At("2026-02-01T00:00:00Z"), Interval.Quarter, Helsinki, 2_975).ShouldBeNull();

    [Fact]
    public void Random_ranges_in_random_zones_are_cut_where_the_wall_clock_shows_a_multiple()
    {
        const int seed = 20260906;
        output.WriteLine($"seed {seed}");
        var random = new Random(seed);
        string[] zones = ["Europe/Helsinki", "America/New_York", "America/Santiago", "Asia/Kolkata", "Australia/Lord_Howe", "Asia/Beirut", "Africa/Casablanca", "Pacific/Auckland", "UTC"];
        for (var round = 0; round < 200; round++)
        {
            var zone = TimeZoneInfo.FindSystemTimeZoneById(zones[random.Next(zones.Length)]);
            var from = At("2026-01-01T00:00:00Z").AddMilliseconds(random.NextInt64(365L * 86_400_000));
            var to = from.AddMilliseconds(random.NextInt64(1, 4L * 86_400_000));
            var interval = (Interval)random.Next(4);
            var minutes = interval switch { Interval.Quarter => 15, Interval.HalfHour => 30, Interval.Hour => 60, _ => 24 * 60 };

            var borders = Intervals.Borders(from, to, interval, zone, Most).ShouldNotBeNull();

            (borders[0], borders[^1]).ShouldBe((from, to));
            borders.Zip(borders.Skip(1)).ShouldAllBe(b => b.First < b.Second);
            var between = borders.Skip(1).SkipLast(1).ToHashSet();
            for (var minute = new DateTimeOffset(from.Ticks - from.Ticks % TimeSpan.TicksPerMinute, TimeSpan.Zero).AddMinutes(1); minute < to; minute = minute.AddMinutes(1))
            {
                var (local, before) = (TimeZoneInfo.ConvertTime(minute, zone), TimeZoneInfo.ConvertTime(minute.AddMinutes(-1), zone));
                var begins = interval == Interval.Day ? local.Date > before.Date : (local.Hour * 60 + local.Minute) % minutes == 0 || local.Date > before.Date;
                between.Contains(minute).ShouldBe(begins, $"{zone.Id} {interval} {local}");
            }
        }
    }

    private static DateTimeOffset At(string text) => DateTimeOffset.Parse(text, null);

    private static List<TimeSpan> Lengths(DateTimeOffset from, DateTimeOffset to, Interval interval)
    {
        var borders = Intervals.Borders(from, to, interval, Helsinki, Most).ShouldNotBeNull();
        return [.. borders.Zip(borders.Skip(1), (a, b) => b - a)];
    }

    private static List<string> Local(DateTimeOffset from, DateTimeOffset to, Interval interval) =>
        [.. Intervals.Borders(from, to, interval, Helsinki, Most).ShouldNotBeNull().Select(b => $"{TimeZoneInfo.ConvertTime(b, Helsinki):yyyy-MM-dd HH:mm}")];
}
