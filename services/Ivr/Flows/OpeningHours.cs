using System.Text.RegularExpressions;

namespace CallCenter.Ivr.Flows;

/// <summary>
/// Whether an <see cref="HoursStep"/> is open at a moment of the tenant's wall clock. What is asked is the wall clock alone, so
/// an hour that daylight saving leaves out is never open and one that it repeats is open twice.
/// </summary>
internal static partial class OpeningHours
{
    public const int MaxEntries = 50;
    public const int MaxClosedDates = 400;

    private static readonly Dictionary<string, DayOfWeek> Days = Enum.GetValues<DayOfWeek>().ToDictionary(day => day.ToString()[..3]);

    [GeneratedRegex("^([01][0-9]|2[0-3]):([0-5][0-9])$|^(24):(00)$", RegexOptions.ExplicitCapture)]
    private static partial Regex Clock();

    /// <param name="local">Time of the tenant's wall clock.</param>
    public static bool IsOpen(HoursStep hours, DateTime local)
    {
        var minute = (int)local.TimeOfDay.TotalMinutes;
        return !hours.ClosedOn.Contains(DateOnly.FromDateTime(local))
            && hours.Open.Any(open => open.Days.Any(day => Days[day] == local.DayOfWeek) && Minute(open.From) <= minute && minute < Minute(open.To));
    }

    /// <summary>Everything that is wrong with the step's hours.</summary>
    public static IEnumerable<string> Errors(string at, HoursStep hours)
    {
        if (hours.Open.Count is 0 or > MaxEntries)
        {
            yield return $"{at}.hours.open: give 1 to {MaxEntries} entries, not {hours.Open.Count}";
        }

        if (hours.ClosedOn.Count > MaxClosedDates)
        {
            yield return $"{at}.hours.closedOn: give at most {MaxClosedDates} dates, not {hours.ClosedOn.Count}";
        }

        foreach (var open in hours.Open.Take(MaxEntries))
        {
            if (open.Days.Count is 0 or > 7 || !open.Days.All(Days.ContainsKey))
            {
                yield return $"{at}.hours.open.days: give 1 to 7 of Mon, Tue, Wed, Thu, Fri, Sat, Sun";
            }

            if (Minute(open.From) is not { } from || Minute(open.To) is not { } to || from >= to)
            {
                yield return $"{at}.hours.open: give from and to as HH:mm, to later than from and at most 24:00; split hours over midnight into two entries";
            }
        }
    }

    /// <summary>Minutes since midnight; null when it is not a time.</summary>
    private static int? Minute(string clock) => Clock().IsMatch(clock)
        ? int.Parse(clock.AsSpan(0, 2), System.Globalization.CultureInfo.InvariantCulture) * 60 + int.Parse(clock.AsSpan(3), System.Globalization.CultureInfo.InvariantCulture)
        : null;
}
