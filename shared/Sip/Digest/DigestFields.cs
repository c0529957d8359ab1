using CallCenter.Sip.Messages;

namespace CallCenter.Sip.Digest;

/// <summary>The fields of a Digest challenge or of Digest credentials (RFC 7616 sections 3.3 and 3.4). Names in lower case.</summary>
internal sealed class DigestFields
{
    private readonly Dictionary<string, string> fields = [];

    /// <summary>A field without quotes, or null.</summary>
    public string? this[string name] => fields.GetValueOrDefault(name);

    /// <summary>Null when the scheme is not Digest or a field is malformed or repeated.</summary>
    public static DigestFields? Parse(string value)
    {
        if (!value.StartsWith("Digest", StringComparison.OrdinalIgnoreCase) || value.Length < 8 || value[6] is not (' ' or '\t'))
        {
            return null;
        }

        var parsed = new DigestFields();
        ReadOnlySpan<byte> rest = System.Text.Encoding.UTF8.GetBytes(value[7..]);
        while (SipSyntax.NextInList(ref rest, out var item))
        {
            var equals = item.IndexOf((byte)'=');
            if (equals <= 0)
            {
                return null;
            }

            var name = SipSyntax.Text(SipSyntax.Trim(item[..equals])).ToLowerInvariant();
            if (!parsed.fields.TryAdd(name, SipSyntax.Unquote(SipSyntax.Text(SipSyntax.Trim(item[(equals + 1)..])))))
            {
                return null;
            }
        }

        return parsed;
    }
}
