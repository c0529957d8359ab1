using System.Text;

namespace CallCenter.Sip.Messages;

/// <summary>The few scanning rules that all headers share: quoted strings, angle brackets, parameters, lists (RFC 3261 section 25.1).</summary>
internal static class SipSyntax
{
    public static ReadOnlySpan<byte> Trim(ReadOnlySpan<byte> value) => value.Trim(" \t\r\n"u8);

    /// <summary>Index of <paramref name="sought"/> outside quotes and angle brackets, or -1.</summary>
    public static int IndexOfBare(ReadOnlySpan<byte> value, byte sought)
    {
        var quoted = false;
        var angle = false;
        for (var i = 0; i < value.Length; i++)
        {
            var c = value[i];
            if (quoted)
            {
                if (c == '\\')
                {
                    i++;
                }
                else if (c == '"')
                {
                    quoted = false;
                }
            }
            else if (c == sought && !angle)
            {
                return i;
            }
            else if (c == '"')
            {
                quoted = true;
            }
            else if (c == '<')
            {
                angle = true;
            }
            else if (c == '>')
            {
                angle = false;
            }
        }

        return -1;
    }

    /// <summary>Takes the next value of a comma-separated list; false at the end.</summary>
    public static bool NextInList(scoped ref ReadOnlySpan<byte> rest, out ReadOnlySpan<byte> item)
    {
        while (!rest.IsEmpty)
        {
            var comma = IndexOfBare(rest, (byte)',');
            item = Trim(comma < 0 ? rest : rest[..comma]);
            rest = comma < 0 ? default : rest[(comma + 1)..];
            if (!item.IsEmpty)
            {
                return true;
            }
        }

        item = default;
        return false;
    }

    /// <summary>The parameters of a header value, from its first ';' on: after '>' of a name-addr, else after the addr-spec.</summary>
    public static ReadOnlySpan<byte> Parameters(ReadOnlySpan<byte> value)
    {
        var semicolon = IndexOfBare(value, (byte)';');
        return semicolon < 0 ? default : value[semicolon..];
    }

    /// <summary>Finds a parameter by name in ";a=b;c". A flag without value is found with an empty value.</summary>
    public static bool TryParameter(ReadOnlySpan<byte> parameters, ReadOnlySpan<byte> name, out ReadOnlySpan<byte> value)
    {
        var rest = parameters;
        while (!rest.IsEmpty)
        {
            if (rest[0] == ';')
            {
                rest = rest[1..];
            }

            var end = IndexOfBare(rest, (byte)';');
            var one = end < 0 ? rest : rest[..end];
            rest = end < 0 ? default : rest[end..];
            var equals = one.IndexOf((byte)'=');
            var key = Trim(equals < 0 ? one : one[..equals]);
            if (Ascii.EqualsIgnoreCase(key, name))
            {
                value = equals < 0 ? default : Trim(one[(equals + 1)..]);
                return true;
            }
        }

        value = default;
        return false;
    }

    /// <summary>A parameter's value as text without surrounding quotes, or null.</summary>
    public static ReadOnlySpan<byte> Tag(ReadOnlySpan<byte> address) => TryParameter(Parameters(address), "tag"u8, out var tag) ? tag : default;

    public static string? Parameter(ReadOnlySpan<byte> headerValue, ReadOnlySpan<byte> name) =>
        TryParameter(Parameters(headerValue), name, out var value) ? Unquote(Text(value)) : null;

    public static bool TryNumber(ReadOnlySpan<byte> digits, uint max, out uint number)
    {
        number = 0;
        if (digits.IsEmpty || digits.Length > 10)
        {
            return false;
        }

        ulong sum = 0;
        foreach (var digit in digits)
        {
            if (digit is < (byte)'0' or > (byte)'9')
            {
                return false;
            }

            sum = (sum * 10) + (ulong)(digit - '0');
        }

        number = (uint)Math.Min(sum, uint.MaxValue);
        return sum <= max;
    }

    public static bool IsToken(ReadOnlySpan<byte> value) => !value.IsEmpty && value.IndexOfAnyExcept(TokenBytes) < 0;

    public static string Text(ReadOnlySpan<byte> value) => Encoding.UTF8.GetString(value);

    /// <summary>Removes quotes and quoted pairs (RFC 3261 section 25.1, quoted-string).</summary>
    public static string Unquote(string value)
    {
        if (value.Length < 2 || value[0] != '"' || value[^1] != '"')
        {
            return value;
        }

        var inner = value[1..^1];
        if (!inner.Contains('\\', StringComparison.Ordinal))
        {
            return inner;
        }

        var text = new StringBuilder(inner.Length);
        for (var i = 0; i < inner.Length; i++)
        {
            text.Append(inner[i] == '\\' && i + 1 < inner.Length ? inner[++i] : inner[i]);
        }

        return text.ToString();
    }

    /// <summary>Writes a quoted-string; quotes and backslashes are escaped, control characters dropped.</summary>
    public static string Quote(string text)
    {
        var quoted = new StringBuilder(text.Length + 2).Append('"');
        foreach (var c in text)
        {
            if (c is '"' or '\\')
            {
                quoted.Append('\\');
            }

            if (!char.IsControl(c))
            {
                quoted.Append(c);
            }
        }

        return quoted.Append('"').ToString();
    }

    private static readonly System.Buffers.SearchValues<byte> TokenBytes =
        System.Buffers.SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-.!%*_+`'~"u8);
}
