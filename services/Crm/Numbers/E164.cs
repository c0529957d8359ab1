using System.Collections.Frozen;

namespace CallCenter.Crm.Numbers;

/// <summary>
/// Numbers in the one form that customers are kept under: ITU-T E.164, "+" and 8 to 15 digits. What a trunk gives in national
/// form is completed with the country of the tenant, which is that of the number that was called.
/// </summary>
internal static class E164
{
    private const int LongestDigits = 15, ShortestDigits = 8, ShortestNational = 6;

    /// <summary>With fewer digits than this after the country's code, a number that begins like the code is a national one.</summary>
    private const int AfterCountryCode = 8;

    /// <summary>Longer texts are no numbers.</summary>
    private const int LongestText = 40;

    private const string Separators = " \u00a0-./()";

    /// <summary>Country codes of two digits; 1 and 7 have one, all others three (ITU-T E.164, list of assigned country codes).</summary>
    private static readonly FrozenSet<string> TwoDigitCodes =
        "20 27 30 31 32 33 34 36 39 40 41 43 44 45 46 47 48 49 51 52 53 54 55 56 57 58 60 61 62 63 64 65 66 81 82 84 86 90 91 92 93 94 95 98"
            .Split(' ').ToFrozenSet(StringComparer.Ordinal);

    /// <summary>
    /// What is dialled before a national number, where it is not 0 (ITU Operational Bulletin, dialling procedures). Italy's 0
    /// belongs to the number.
    /// </summary>
    private static readonly FrozenDictionary<string, string> TrunkPrefixes = new Dictionary<string, string>(StringComparer.Ordinal)
    {
        ["1"] = "1", ["7"] = "8", ["36"] = "06", ["375"] = "8",
        ["30"] = "", ["34"] = "", ["39"] = "", ["45"] = "", ["47"] = "", ["48"] = "", ["65"] = "", ["351"] = "", ["352"] = "", ["354"] = "",
        ["356"] = "", ["357"] = "", ["371"] = "", ["372"] = "", ["376"] = "", ["377"] = "", ["420"] = "", ["852"] = "",
    }.ToFrozenDictionary(StringComparer.Ordinal);

    /// <summary>What is dialled before a foreign number, where it is not 00.</summary>
    private static readonly FrozenDictionary<string, string> InternationalPrefixes = new Dictionary<string, string>(StringComparer.Ordinal)
    {
        ["1"] = "011", ["7"] = "810", ["375"] = "810",
    }.ToFrozenDictionary(StringComparer.Ordinal);

    /// <summary>
    /// The number in E.164, read by the rules below in turn; null when it is none (withheld, a name, an extension, or national
    /// while no country is known). Spaces, hyphens, dots, slashes and brackets are passed over.
    /// 1. "+" and digits; 2. after the international prefix; 3. after the national trunk prefix; 4. the country's code without
    /// a plus and at least 8 digits more; 5. a national number of at least 6 digits where there is no trunk prefix.
    /// </summary>
    /// <param name="given">As a trunk or a person gives it.</param>
    /// <param name="country">The country code that national numbers belong to, such as "358"; null when it is not known.</param>
    public static string? Of(string given, string? country)
    {
        if (given.Length > LongestText)
        {
            return null;
        }

        var text = string.Concat(given.Where(c => !Separators.Contains(c, StringComparison.Ordinal)));
        var digits = text.StartsWith('+') ? text[1..] : text;
        return digits.Length == 0 || !digits.All(char.IsAsciiDigit) ? null
            : text.StartsWith('+') ? Whole(digits)
            : country is null ? digits.StartsWith("00", StringComparison.Ordinal) ? Whole(digits[2..]) : null
            : Dialled(digits, country);
    }

    /// <summary>The country code of a number in E.164; null when it is not in that form.</summary>
    public static string? CountryOf(string number) =>
        Of(number, null) is not { } whole ? null
        : whole[1] is '1' or '7' ? whole[1..2]
        : TwoDigitCodes.Contains(whole[1..3]) ? whole[1..3] : whole[1..4];

    private static string? Dialled(string digits, string country)
    {
        var international = InternationalPrefixes.GetValueOrDefault(country, "00");
        if (digits.StartsWith(international, StringComparison.Ordinal))
        {
            return Whole(digits[international.Length..]);
        }

        var trunk = TrunkPrefixes.GetValueOrDefault(country, "0");
        if (trunk.Length > 0 && digits.StartsWith(trunk, StringComparison.Ordinal) && digits.Length - trunk.Length >= ShortestNational)
        {
            return Whole(country + digits[trunk.Length..]);
        }

        return digits.StartsWith(country, StringComparison.Ordinal) && digits.Length >= country.Length + AfterCountryCode ? Whole(digits)
            : digits.Length >= ShortestNational ? Whole(country + digits) : null;
    }

    // No country's code begins with 0.
    private static string? Whole(string digits) =>
        digits.Length is >= ShortestDigits and <= LongestDigits && digits[0] != '0' ? $"+{digits}" : null;
}
