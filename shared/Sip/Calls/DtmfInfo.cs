using System.Globalization;
using System.Text;

namespace CallCenter.Sip.Calls;

/// <summary>Digits in INFO: application/dtmf-relay ("Signal=5", "Duration=160") and application/dtmf ("5"). Both are conventions without an RFC.</summary>
public static class DtmfInfo
{
    public const string Relay = "application/dtmf-relay";
    public const string Plain = "application/dtmf";

    /// <summary>Duration when the message states none, in milliseconds.</summary>
    public const int DefaultDurationMs = 160;

    /// <summary>Reads a digit ('0'-'9', '*', '#', 'A'-'D') and its duration in milliseconds, held within 1 to 6,000.</summary>
    public static bool TryParse(string? contentType, ReadOnlySpan<byte> body, out char digit, out int durationMs)
    {
        digit = '\0';
        durationMs = DefaultDurationMs;
        if (contentType is not (Relay or Plain) || body.Length > 256)
        {
            return false;
        }

        var text = Encoding.ASCII.GetString(body);
        if (contentType == Plain && !text.Contains('=', StringComparison.Ordinal))
        {
            return TryDigit(text.Trim(), out digit);
        }

        foreach (var line in text.Split('\n'))
        {
            var equals = line.IndexOf('=', StringComparison.Ordinal);
            var name = equals < 0 ? "" : line[..equals].Trim();
            var value = line[(equals + 1)..].Trim();
            if (name.Equals("Signal", StringComparison.OrdinalIgnoreCase) && !TryDigit(value, out digit))
            {
                return false;
            }

            if (name.Equals("Duration", StringComparison.OrdinalIgnoreCase) && int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var duration))
            {
                durationMs = Math.Clamp(duration, 1, 6000);
            }
        }

        return digit != '\0';
    }

    internal static string Write(char digit, int durationMs) =>
        string.Create(CultureInfo.InvariantCulture, $"Signal={digit}\r\nDuration={durationMs}\r\n");

    // Some phones send the event code of RFC 4733: 10 is '*', 11 is '#', 12-15 are 'A'-'D'.
    private static bool TryDigit(string text, out char digit)
    {
        digit = text.Length == 1 ? char.ToUpperInvariant(text[0]) : '\0';
        if (text.Length == 2 && int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var code) && code is >= 10 and <= 15)
        {
            digit = "*#ABCD"[code - 10];
        }

        if (digit is (>= '0' and <= '9') or '*' or '#' or (>= 'A' and <= 'D'))
        {
            return true;
        }

        digit = '\0';
        return false;
    }
}
