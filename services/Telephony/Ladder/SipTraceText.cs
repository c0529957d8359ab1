using System.Text;
using System.Text.RegularExpressions;
using CallCenter.Contracts.Telephony;

namespace CallCenter.Telephony.Ladder;

/// <summary>What the ladder reads of a message, and what it does not show.</summary>
internal static partial class SipTraceText
{
    /// <summary>Bytes of a message that are kept.</summary>
    public const int BytesMax = 4096;

    /// <summary>Finds the Call-ID without parsing; false when there is none or it is longer than <paramref name="callId"/>.</summary>
    public static bool TryCallId(ReadOnlySpan<byte> message, Span<char> callId, out int length)
    {
        length = 0;
        while (message.IndexOf((byte)'\n') is >= 0 and var end)
        {
            message = message[(end + 1)..];
            if (message.IsEmpty || message[0] is (byte)'\r' or (byte)'\n')
            {
                return false; // the headers are over
            }
            var name = message.Length > 7 && Ascii.EqualsIgnoreCase(message[..7], "call-id"u8) ? 7 : (message[0] | 0x20) == 'i' ? 1 : 0;
            var value = message[name..].TrimStart(" \t"u8);
            if (name == 0 || value.IsEmpty || value[0] != ':')
            {
                continue;
            }
            var line = value.IndexOf((byte)'\n');
            value = (line < 0 ? value[1..] : value[1..line]).Trim(" \t\r"u8);
            return !value.IsEmpty && Encoding.UTF8.TryGetChars(value, callId, out length);
        }
        return false;
    }

    /// <summary>Digests, tokens, keys of media and the digits of INFO are not for eyes and not for the disk.</summary>
    public static SipMessageSeen Masked(SipMessageSeen message)
    {
        var text = Credentials().Replace(message.Text, "${name}: ${scheme} ***");
        text = Keys().Replace(text, "${name}***");
        text = Digits().Replace(text, "${name}*");
        return message with { Text = Dtmf().IsMatch(text) ? DtmfBody().Replace(text, "\r\n\r\n*") : text };
    }

    [GeneratedRegex(@"^(?<name>(proxy-)?authorization|(www|proxy)-authenticate|authentication-info)[ \t]*:[ \t]*(?<scheme>[^\s,]+)[^\r\n]*(\r?\n[ \t][^\r\n]*)*", RegexOptions.IgnoreCase | RegexOptions.Multiline | RegexOptions.ExplicitCapture)]
    private static partial Regex Credentials();

    [GeneratedRegex(@"^(?<name>a=(crypto:[^\r\n]*inline:|ice-pwd:|key-mgmt:)|k=)[^\r\n]*", RegexOptions.IgnoreCase | RegexOptions.Multiline | RegexOptions.ExplicitCapture)]
    private static partial Regex Keys();

    [GeneratedRegex(@"^(?<name>signal[ \t]*=[ \t]*)[^\r\n]*", RegexOptions.IgnoreCase | RegexOptions.Multiline | RegexOptions.ExplicitCapture)]
    private static partial Regex Digits();

    [GeneratedRegex(@"^(content-type|c)[ \t]*:[ \t]*application/dtmf[ \t]*\r?$", RegexOptions.IgnoreCase | RegexOptions.Multiline | RegexOptions.ExplicitCapture)]
    private static partial Regex Dtmf();

    [GeneratedRegex(@"\r?\n\r?\n.*", RegexOptions.Singleline | RegexOptions.ExplicitCapture)]
    private static partial Regex DtmfBody();
}
