namespace CallCenter.Ivr.Announcements;

/// <summary>What a waiting caller is told, as sentences in a language, with every number in words: a voice reads words right and digits by guess.</summary>
internal static class WaitText
{
    /// <summary>The last position that is told exactly.</summary>
    public const int LastPosition = 99;

    /// <summary>The longest wait that is told in minutes.</summary>
    public const int LongestMinutes = 60;

    private static readonly Dictionary<string, IWaitLanguage> Languages = new(StringComparer.Ordinal)
    {
        ["fi"] = new Finnish(), ["da"] = new Danish(), ["ru"] = new Russian(), ["en"] = new English(),
    };

    /// <summary>The languages there are, as the first part of a tag.</summary>
    public static IEnumerable<string> Known => Languages.Keys;

    /// <summary>True when there are sentences in the tag's language.</summary>
    public static bool Speaks(string tag) => Languages.ContainsKey(Primary(tag));

    /// <summary>The sentences: the position, and the wait when there is a forecast. They are few, so their audio can be kept.</summary>
    /// <param name="position">1 for the next.</param>
    /// <param name="waitMs">The forecast in milliseconds; null for none.</param>
    public static IReadOnlyList<string> Sentences(string tag, int position, long? waitMs)
    {
        var language = Languages[Primary(tag)];
        var place = position switch
        {
            <= 1 => language.Next,
            > LastPosition => language.FarBack,
            _ => language.Position(position),
        };
        return waitMs is { } ms ? [place, Wait(language, ms)] : [place];
    }

    /// <summary>The minutes that are said: rounded up, to five above ten, so that nobody is promised less than was forecast; 0 for under one, null for over an hour.</summary>
    public static int? Minutes(long waitMs)
    {
        var minutes = (int)Math.Min((waitMs + 59_999) / 60_000, int.MaxValue);
        var told = minutes <= 10 ? minutes : (minutes + 4) / 5 * 5;
        return told > LongestMinutes ? null : told <= 1 ? 0 : told;
    }

    private static string Wait(IWaitLanguage language, long waitMs) => Minutes(waitMs) switch
    {
        null => language.OverAnHour,
        0 => language.UnderAMinute,
        { } minutes => language.Minutes(minutes),
    };

    private static string Primary(string tag) => tag.Split('-')[0];
}

/// <summary>The sentences of one language.</summary>
internal interface IWaitLanguage
{
    string Next { get; }

    string FarBack { get; }

    string UnderAMinute { get; }

    string OverAnHour { get; }

    /// <param name="number">2 to <see cref="WaitText.LastPosition"/>.</param>
    string Position(int number);

    /// <param name="number">2 to <see cref="WaitText.LongestMinutes"/>.</param>
    string Minutes(int number);
}
