using System.Buffers.Binary;
using System.Buffers.Text;

namespace CallCenter.Crm.Contacts;

/// <summary>Where a page of a customer's contacts ended: the last contact told, so pages neither repeat nor miss one when new contacts come in.</summary>
internal readonly record struct ContactCursor(DateTimeOffset StartedAt, Guid Contact)
{
    private const int Bytes = sizeof(long) + 16;

    /// <summary>After the newest contact there can be.</summary>
    public static ContactCursor Start { get; } = new(DateTimeOffset.FromUnixTimeMilliseconds(DateTimeOffset.MaxValue.ToUnixTimeMilliseconds()), Guid.AllBitsSet);

    public string Text()
    {
        Span<byte> bytes = stackalloc byte[Bytes];
        BinaryPrimitives.WriteInt64BigEndian(bytes, StartedAt.ToUnixTimeMilliseconds());
        Contact.TryWriteBytes(bytes[sizeof(long)..]);
        return Base64Url.EncodeToString(bytes);
    }

    /// <summary>Null when the text is no cursor.</summary>
    public static ContactCursor? Read(string text)
    {
        Span<byte> bytes = stackalloc byte[Bytes];
        if (text.Length != Base64Url.GetEncodedLength(Bytes) || !Base64Url.IsValid(text) || Base64Url.DecodeFromChars(text, bytes) != Bytes)
        {
            return null;
        }

        var milliseconds = BinaryPrimitives.ReadInt64BigEndian(bytes);
        var isTime = milliseconds >= 0 && milliseconds <= DateTimeOffset.MaxValue.ToUnixTimeMilliseconds();
        return isTime ? new(DateTimeOffset.FromUnixTimeMilliseconds(milliseconds), new Guid(bytes[sizeof(long)..])) : null;
    }
}
