using System.Globalization;
using System.Text;

namespace CallCenter.Sip.Messages;

/// <summary>
/// Writes one message after the other into one buffer; what <see cref="Finish"/> returns is overwritten by the next one.
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

    /// <summary>The Via of a request of ours (RFC 3581: rport).</summary>
    public SipMessageWriter Via(in OwnVia via) =>
        Begin(HeaderId.Via).Bytes("SIP/2.0/"u8).Text(via.Transport).Byte((byte)' ').Text(via.SentBy).Bytes(";branch="u8).Text(via.Branch).Bytes(";rport\r\n"u8);

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

        // Most text is ASCII, which takes as many bytes as it has characters.
        var from = length;
        if (Ascii.FromUtf16(value, Space(value.Length), out _) != System.Buffers.OperationStatus.Done)
        {
            length = from;
            Encoding.UTF8.GetBytes(value, Space(Encoding.UTF8.GetByteCount(value)));
        }

        return this;
    }

    public SipMessageWriter Number(long value)
    {
        Span<byte> digits = stackalloc byte[20];
        value.TryFormat(digits, out var written, default, CultureInfo.InvariantCulture);
        return Bytes(digits[..written]);
    }

    /// <summary>Ends headers, adds the body and returns the whole message, to be sent or copied before the next one is begun.</summary>
    public ReadOnlyMemory<byte> Finish(string? contentType = null, string? body = null)
    {
        if (contentType is not null && body is { Length: > 0 })
        {
            Header(HeaderId.ContentType, contentType);
        }

        var size = body is null ? 0 : Encoding.UTF8.GetByteCount(body);
        Header(HeaderId.ContentLength, size).Bytes("\r\n"u8);
        Encoding.UTF8.GetBytes(body, Space(size));
        return buffer.AsMemory(0, length);
    }

    /// <summary>The same with a body as it came; its type is among the headers.</summary>
    public ReadOnlyMemory<byte> FinishWith(ReadOnlySpan<byte> body)
    {
        Header(HeaderId.ContentLength, body.Length).Bytes("\r\n"u8).Bytes(body);
        return buffer.AsMemory(0, length);
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

/// <summary>What tells where a request of ours came from and which transaction it is of.</summary>
internal readonly record struct OwnVia(string Transport, string SentBy, string Branch);
