using System.Buffers.Binary;
using System.Buffers.Text;

namespace CallCenter.Reporting.Contacts;

/// <summary>Where a page of contacts ended. It names the last contact told, so pages neither repeat nor miss one when new contacts come in.</summary>
internal readonly record struct Cursor(DateTimeOffset StartedAt, Guid Contact)
{
    private const int Bytes = sizeof(long) + 16;

    public string Text()
    {
        Span<byte> bytes = stackalloc byte[Bytes];
        BinaryPrimitives.WriteInt64BigEndian(bytes, StartedAt.ToUnixTimeMilliseconds());
        Contact.TryWriteBytes(bytes[sizeof(long)..]);
        return Base64Url.EncodeToString(bytes);
    }

    /// <summary>Null when the text is no cursor.</summary>
    public static Cursor? Read(string text)
    {
        Span<byte> bytes = stackalloc byte[Bytes];
        if (text.Length != Base64Url.GetEncodedLength(Bytes) || !Base64Url.IsValid(text) || Base64Url.DecodeFromChars(text, bytes) != Bytes)
        {
            return null;
        }

        var milliseconds = BinaryPrimitives.ReadInt64BigEndian(bytes);
        var isTime = milliseconds >= 0 && milliseconds <= DateTimeOffset.MaxValue.ToUnixTimeMilliseconds();
        return isTime ? new Cursor(DateTimeOffset.FromUnixTimeMilliseconds(milliseconds), new Guid(bytes[sizeof(long)..])) : null;
    }
}
