namespace CallCenter.Routing.Callbacks;

/// <summary>When customers may be called: each day from a minute to another of the tenant's wall clock.</summary>
internal static class CallbackHours
{
    private const int DayMinutes = 1440;

    /// <summary>That moment, or the next at which the hours begin. A minute that daylight saving leaves out begins with the one after it.</summary>
    public static DateTimeOffset NextOpen(DateTimeOffset at, CallbackOffer hours, string zone)
    {
        var tenant = TimeZoneInfo.TryFindSystemTimeZoneById(zone, out var known) ? known : TimeZoneInfo.Utc;
        var local = TimeZoneInfo.ConvertTime(at, tenant);
        var minute = local.TimeOfDay.TotalMinutes;
        if (minute >= hours.FromMinute && minute < hours.ToMinute)
        {
            return at;
        }

        var day = minute < hours.FromMinute ? local.Date : local.Date.AddDays(1);
        var opens = DateTime.SpecifyKind(day.AddMinutes(hours.FromMinute), DateTimeKind.Unspecified);
        while (tenant.IsInvalidTime(opens))
        {
            opens = opens.AddMinutes(1);
        }

        return new DateTimeOffset(opens, tenant.GetUtcOffset(opens)).ToUniversalTime();
    }

    /// <summary>When the hours that are open at that moment end; null when they never do.</summary>
    public static DateTimeOffset? Close(DateTimeOffset at, CallbackOffer hours, string zone)
    {
        if (hours is { FromMinute: 0, ToMinute: DayMinutes })
        {
            return null;
        }

        var tenant = TimeZoneInfo.TryFindSystemTimeZoneById(zone, out var known) ? known : TimeZoneInfo.Utc;
        var closes = DateTime.SpecifyKind(TimeZoneInfo.ConvertTime(at, tenant).Date.AddMinutes(hours.ToMinute), DateTimeKind.Unspecified);
        while (tenant.IsInvalidTime(closes))
        {
            closes = closes.AddMinutes(1);
        }

        return new DateTimeOffset(closes, tenant.GetUtcOffset(closes)).ToUniversalTime();
    }

    /// <summary>The minute of "08:00", 1440 for "24:00"; null for what is no time.</summary>
    public static int? Minute(string time) =>
        time == "24:00" ? DayMinutes
        : TimeOnly.TryParseExact(time, "HH:mm", System.Globalization.CultureInfo.InvariantCulture, System.Globalization.DateTimeStyles.None, out var read) ? (read.Hour * 60) + read.Minute
        : null;

    public static string Text(int minute) =>
        string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{minute / 60:00}:{minute % 60:00}");
}
