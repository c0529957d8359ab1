using System.Globalization;
using System.Text;

namespace CallCenter.Sip.Messages;

/// <summary>
/// Writes one message after the other into one buffer; <see cref="Finish"/> returns the bytes to be sent and kept for retransmission.
/// Not thread-safe: each loop has its own.
/// </summary>
internal sealed class SipMessageWriter
{
    private byte[] buffer = new byte[4096];
    private int length;

    public SipMessageWriter Request(string method, string uri)
    {
        length = 0;
        Text(method).Byte((byte)' ').Text(uri).Bytes(" SIP/2.0\r\n"u8);
        return this;
    }

    public SipMessageWriter Response(int code, string reason)
    {
        length = 0;
        Bytes("SIP/2.0 "u8).Number(code).Byte((byte)' ').Text(reason).Bytes("\r\n"u8);
        return this;
    }

    public SipMessageWriter Header(HeaderId id, ReadOnlySpan<byte> value)
    {
        Text(id.Name()).Bytes(": "u8).Bytes(value).Bytes("\r\n"u8);
        return this;
    }

    public SipMessageWriter Header(HeaderId id, string value) => Header(id.Name(), value);

    public SipMessageWriter Header(HeaderId id, long value)
    {
        Text(id.Name()).Bytes(": "u8).Number(value).Bytes("\r\n"u8);
        return this;
    }

    public SipMessageWriter Header(string name, string value)
    {
        Text(name).Bytes(": "u8).Text(value).Bytes("\r\n"u8);
        return this;
    }

    public SipMessageWriter Headers(IReadOnlyList<SipHeader>? headers)
    {
        for (var i = 0; i < (headers?.Count ?? 0); i++)
        {
            Header(headers![i].Name, headers[i].Value);
        }

        return this;
    }

    /// <summary>Starts a header whose value is written in parts; end it with <see cref="EndLine"/>.</summary>
    public SipMessageWriter Begin(HeaderId id) => Text(id.Name()).Bytes(": "u8);

    public SipMessageWriter EndLine() => Bytes("\r\n"u8);

    public SipMessageWriter Byte(byte value)
    {
        Space(1)[0] = value;
        return this;
    }

    public SipMessageWriter Bytes(ReadOnlySpan<byte> value)
    {
        value.CopyTo(Space(value.Length));
        return this;
    }

    /// <summary>Writes text as UTF-8. A line end in it would forge a header: it is refused.</summary>
    public SipMessageWriter Text(string value)
    {
        if (value.AsSpan().ContainsAny('\r', '\n'))
        {
            throw new ArgumentException("A header value must not hold a line end.", nameof(value));
        }

        var needed = Encoding.UTF8.GetByteCount(value);
        Encoding.UTF8.GetBytes(value, Space(needed));
        return this;
    }

    public SipMessageWriter Number(long value)
    {
        Span<byte> digits = stackalloc byte[20];
        value.TryFormat(digits, out var written, default, CultureInfo.InvariantCulture);
        return Bytes(digits[..written]);
    }

    /// <summary>Ends headers, adds the body and returns the whole message.</summary>
    public byte[] Finish(string? contentType = null, ReadOnlySpan<byte> body = default)
    {
        if (contentType is not null && !body.IsEmpty)
        {
            Header(HeaderId.ContentType, contentType);
        }

        Header(HeaderId.ContentLength, body.Length).Bytes("\r\n"u8).Bytes(body);
        return buffer.AsSpan(0, length).ToArray();
    }

    private Span<byte> Space(int count)
    {
        if (length + count > SipMessageLimits.MessageBytesMax)
        {
            throw new ArgumentException($"A message is at most {SipMessageLimits.MessageBytesMax} bytes.");
        }

        if (length + count > buffer.Length)
        {
            Array.Resize(ref buffer, Math.Min(SipMessageLimits.MessageBytesMax, Math.Max(buffer.Length * 2, length + count)));
        }

        length += count;
        return buffer.AsSpan(length - count, count);
    }
}
