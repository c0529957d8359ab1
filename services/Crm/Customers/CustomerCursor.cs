using System.Buffers.Text;
using System.Text;

namespace CallCenter.Crm.Customers;

/// <summary>
/// Where a page of customers ended: the last one's place in the order. It holds the place and not only the customer, so that the
/// list goes on where it was when that customer has been given another name meanwhile.
/// </summary>
internal readonly record struct CustomerCursor(string Search, Guid Id)
{
    private const int IdBytes = 16, LongestText = 4_000;

    /// <summary>Before the first customer.</summary>
    public static CustomerCursor Start { get; } = new("", Guid.Empty);

    public string Text() => Base64Url.EncodeToString([.. Id.ToByteArray(bigEndian: true), .. Encoding.UTF8.GetBytes(Search)]);

    /// <summary>Null when the text is no cursor.</summary>
    public static CustomerCursor? Read(string text)
    {
        if (text.Length > LongestText || !Base64Url.IsValid(text) || Base64Url.DecodeFromChars(text) is not { Length: > IdBytes } bytes)
        {
            return null;
        }

        try
        {
            var search = new UTF8Encoding(false, throwOnInvalidBytes: true).GetString(bytes.AsSpan(IdBytes));
            return search.Contains('\0', StringComparison.Ordinal) ? null : new(search, new Guid(bytes.AsSpan(0, IdBytes), bigEndian: true));
        }
        catch (DecoderFallbackException)
        {
            return null;
        }
    }
}
