using CallCenter.Ivr.Flows;

namespace CallCenter.Ivr.Tests.Flows;

/// <summary>Opening hours over a whole year of real time in zones with and without daylight saving.</summary>
public sealed class OpeningHoursTests(ITestOutputHelper output)
{
    private static readonly string[] Week = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"];
    private static readonly DateTime Start = new(2026, 1, 1, 0, 0, 0, DateTimeKind.Utc);

    /// <summary>Minutes of a local date, as they pass in real time.</summary>
    private static IEnumerable<DateTime> MinutesOf(TimeZoneInfo zone, DateOnly date)
    {
        var from = date.ToDateTime(default, DateTimeKind.Utc).AddDays(-1);
        return Enumerable.Range(0, 3 * 24 * 60).Select(minute => TimeZoneInfo.ConvertTimeFromUtc(from.AddMinutes(minute), zone)).Where(local => DateOnly.FromDateTime(local) == date);
    }

    private static HoursStep Daily(string from, string to, params DateOnly[] closed) =>
        new() { Open = [new() { Days = Week, From = from, To = to }], ClosedOn = closed };

    private static int OpenMinutes(HoursStep hours, string zone, DateOnly date) =>
        MinutesOf(TimeZoneInfo.FindSystemTimeZoneById(zone), date).Count(local => OpeningHours.IsOpen(hours, local));

    [Theory]
    [InlineData("Europe/Helsinki", "2026-03-29", 23)]
    [InlineData("Europe/Helsinki", "2026-10-25", 25)]
    [InlineData("Europe/Copenhagen", "2026-03-29", 23)]
    [InlineData("Europe/Copenhagen", "2026-10-25", 25)]
    [InlineData("Europe/Copenhagen", "2026-06-15", 24)]
    [InlineData("Europe/Moscow", "2026-03-29", 24)]
    [InlineData("Australia/Lord_Howe", "2026-10-04", 23.5)]
    [InlineData("America/New_York", "2026-11-01", 25)]
    public void A_day_that_is_open_all_day_has_as_many_open_hours_as_the_day(string zone, string date, double hours) =>
        OpenMinutes(Daily("00:00", "24:00"), zone, DateOnly.Parse(date, null)).ShouldBe((int)(hours * 60));

    [Theory]
    [InlineData("2026-03-29", 60)] // 03:00 becomes 04:00: of 02 to 04 one hour is left
    [InlineData("2026-10-25", 180)] // 04:00 becomes 03:00: 03 to 04 comes twice
    [InlineData("2026-10-24", 120)]
    public void Hours_around_the_change_follow_the_wall_clock(string date, int minutes) =>
        OpenMinutes(Daily("02:00", "04:00"), "Europe/Helsinki", DateOnly.Parse(date, null)).ShouldBe(minutes);

    [Theory]
    [InlineData("Europe/Helsinki")]
    [InlineData("Europe/Copenhagen")]
    [InlineData("Europe/Moscow")]
    [InlineData("Australia/Lord_Howe")]
    public void Working_hours_are_as_long_on_every_day_of_the_year_and_none_on_closed_dates(string zone)
    {
        var closed = new[] { new DateOnly(2026, 12, 24), new DateOnly(2026, 3, 29), new DateOnly(2026, 10, 25) };
        var hours = Daily("08:00", "16:30", closed);
        var there = TimeZoneInfo.FindSystemTimeZoneById(zone);
        var open = Enumerable.Range(0, 366 * 24 * 12).Select(fives => TimeZoneInfo.ConvertTimeFromUtc(Start.AddDays(-1).AddMinutes(fives * 5), there))
            .Where(local => local.Year == 2026).GroupBy(DateOnly.FromDateTime).ToDictionary(day => day.Key, day => 5 * day.Count(local => OpeningHours.IsOpen(hours, local)));
        open.Count.ShouldBe(365);
        open.Where(day => day.Value != (closed.Contains(day.Key) ? 0 : 510)).ShouldBeEmpty();
    }

    [Theory]
    [InlineData("Europe/Helsinki", "2026-03-27", 6)] // the last working day of winter time
    [InlineData("Europe/Helsinki", "2026-03-30", 5)]
    [InlineData("Europe/Helsinki", "2026-10-23", 5)] // the last working day of summer time
    [InlineData("Europe/Helsinki", "2026-10-26", 6)]
    [InlineData("America/New_York", "2026-10-30", 12)]
    [InlineData("America/New_York", "2026-11-02", 13)]
    public void Daylight_saving_change_in_opening_hours(string zone, string date, int opensAtUtc)
    {
        var there = TimeZoneInfo.FindSystemTimeZoneById(zone);
        var hours = new HoursStep { Open = [new() { Days = ["Mon", "Tue", "Wed", "Thu", "Fri"], From = "08:00", To = "16:00" }] };
        var opens = DateOnly.Parse(date, null).ToDateTime(new TimeOnly(opensAtUtc, 0), DateTimeKind.Utc);
        foreach (var (minutes, isOpen) in new[] { (-60, false), (-1, false), (0, true), (479, true), (480, false) })
        {
            var local = TimeZoneInfo.ConvertTimeFromUtc(opens.AddMinutes(minutes), there);
            OpeningHours.IsOpen(hours, local).ShouldBe(isOpen, $"{local:ddd HH:mm} in {zone}");
        }
    }

    [Fact]
    public void Open_means_that_some_entry_has_the_day_and_the_minute()
    {
        var seed = Environment.TickCount;
        output.WriteLine($"seed {seed}");
        var random = new Random(seed);
        for (var i = 0; i < 2_000; i++)
        {
            // A week as minutes, filled entry by entry, is what the step has to say.
            var week = new bool[7, 24 * 60];
            var entries = Enumerable.Range(0, random.Next(1, 5)).Select(_ => Entry(random, week)).ToList();
            var at = Start.AddMinutes(random.Next(365 * 24 * 60));
            OpeningHours.Errors("s", new HoursStep { Open = entries }).ShouldBeEmpty();
            OpeningHours.IsOpen(new HoursStep { Open = entries }, at).ShouldBe(week[(int)at.DayOfWeek, (int)at.TimeOfDay.TotalMinutes], $"{at:ddd HH:mm} of {i}");
        }
    }

    private static OpenHours Entry(Random random, bool[,] week)
    {
        var days = Enumerable.Range(0, 7).Where(_ => random.Next(2) == 0).Append(random.Next(7)).Distinct().ToList();
        var from = random.Next(24 * 60);
        var to = random.Next(from + 1, 24 * 60 + 1);
        foreach (var day in days)
        {
            for (var minute = from; minute < to; minute++)
            {
                week[day, minute] = true;
            }
        }

        return new() { Days = [.. days.Select(day => Week[day])], From = Clock(from), To = Clock(to) };
    }

    private static string Clock(int minute) => $"{minute / 60:00}:{minute % 60:00}";
}
