using System.Text;

namespace CallCenter.Sip.Messages;

/// <summary>A fault of a request that can still be answered: the status code and the phrase that says what is wrong.</summary>
public sealed record SipFault(int Code, string Reason);

/// <summary>A header to be added to a message that is sent. Value must hold no line end.</summary>
public readonly record struct SipHeader(string Name, string Value);

/// <summary>
/// A received message: its bytes, and where each header lies in them. A string is made when one is asked for.
/// Immutable; safe to keep and to read from any thread.
/// </summary>
public sealed class SipMessage
{
    private readonly byte[] buffer;
    private readonly HeaderSlice[] headers;
    private readonly Range startMiddle;
    private readonly Range methodRange;
    private readonly Range body;
    private string? callId;
    private string? requestUri;

    internal SipMessage(byte[] buffer, HeaderSlice[] headers, in StartLine start, Range body, SipFault? fault)
    {
        this.buffer = buffer;
        this.headers = headers;
        this.body = body;
        startMiddle = start.Middle;
        methodRange = start.Method;
        Method = start.MethodId;
        StatusCode = start.StatusCode;
        Fault = fault;
        if (SipParser.TryCSeq(Header(HeaderId.CSeq), out var number, out var method))
        {
            CSeq = number;
            CSeqMethod = SipMethods.Parse(method);
        }
    }

    /// <summary>True for a request, false for a response.</summary>
    public bool IsRequest => StatusCode == 0;

    /// <summary>Method of a request; of a response, use <see cref="CSeqMethod"/>.</summary>
    public SipMethod Method { get; }

    /// <summary>100-699 for a response, 0 for a request.</summary>
    public int StatusCode { get; }

    /// <summary>What is wrong with a request that can still be answered, or null.</summary>
    public SipFault? Fault { get; }

    public uint CSeq { get; }

    public SipMethod CSeqMethod { get; }

    /// <summary>The method as it was written, known or not.</summary>
    public string MethodName => SipSyntax.Text(buffer.AsSpan(methodRange));

    /// <summary>Request-URI as it was written.</summary>
    public string RequestUri => requestUri ??= IsRequest ? SipSyntax.Text(buffer.AsSpan(startMiddle)) : "";

    /// <summary>Reason phrase of a response.</summary>
    public string ReasonPhrase => IsRequest ? "" : SipSyntax.Text(buffer.AsSpan(startMiddle));

    public string CallId => callId ??= Get(HeaderId.CallId) ?? "";

    /// <summary>The user part of the From URI, or "" without one.</summary>
    public string FromUser => UserOf(HeaderId.From);

    /// <summary>The user part of the To URI, or "" without one.</summary>
    public string ToUser => UserOf(HeaderId.To);

    public string? FromTag => SipSyntax.Parameter(Header(HeaderId.From), "tag"u8);

    public string? ToTag => SipSyntax.Parameter(Header(HeaderId.To), "tag"u8);

    public ReadOnlyMemory<byte> Body => buffer.AsMemory(body);

    /// <summary>Media type without parameters, lower case, or null.</summary>
    public string? ContentType
    {
        get
        {
            var value = Header(HeaderId.ContentType);
            var end = value.IndexOf((byte)';');
            value = SipSyntax.Trim(end < 0 ? value : value[..end]);
            return value.IsEmpty ? null : SipSyntax.Text(value).ToLowerInvariant();
        }
    }

    /// <summary>The session description in the body, or null when the body is none.</summary>
    public string? Sdp => !Body.IsEmpty && ContentType == "application/sdp" ? Encoding.UTF8.GetString(Body.Span) : null;

    public int HeaderCount => headers.Length;

    /// <summary>The bytes as received; header folding is replaced by spaces.</summary>
    public ReadOnlyMemory<byte> Raw => buffer;

    internal ReadOnlySpan<byte> FromTagBytes => TagOf(HeaderId.From);

    internal ReadOnlySpan<byte> ToTagBytes => TagOf(HeaderId.To);

    /// <summary>The value of the first header line of that name, or empty.</summary>
    public ReadOnlySpan<byte> Header(HeaderId id)
    {
        foreach (ref readonly var slice in headers.AsSpan())
        {
            if (slice.Id == id)
            {
                return ValueOf(slice);
            }
        }

        return default;
    }

    public bool Has(HeaderId id) => Array.Exists(headers, h => h.Id == id);

    /// <summary>The value of the first header line of that name, or null.</summary>
    public string? Get(HeaderId id) => Has(id) ? SipSyntax.Text(Header(id)) : null;

    /// <summary>The value of the first header line of that name in any case, full or compact, or null.</summary>
    public string? Get(string name)
    {
        var bytes = Encoding.ASCII.GetBytes(name);
        var id = HeaderNames.Parse(bytes);
        if (id != HeaderId.Unknown)
        {
            return Get(id);
        }

        foreach (var slice in headers)
        {
            if (slice.Id == HeaderId.Unknown && Ascii.EqualsIgnoreCase(NameOf(slice), bytes))
            {
                return SipSyntax.Text(ValueOf(slice));
            }
        }

        return null;
    }

    /// <summary>Every value of a header that may be a list, over all its lines, in order.</summary>
    public List<string> GetAll(HeaderId id)
    {
        var values = new List<string>();
        foreach (var slice in headers)
        {
            if (slice.Id != id)
            {
                continue;
            }

            var rest = ValueOf(slice);
            while (SipSyntax.NextInList(ref rest, out var item))
            {
                values.Add(SipSyntax.Text(item));
            }
        }

        return values;
    }

    /// <summary>Every value of a header that may be a list and has no <see cref="HeaderId"/>, over all its lines, in order.</summary>
    public List<string> GetAll(string name)
    {
        var bytes = Encoding.ASCII.GetBytes(name);
        var values = new List<string>();
        foreach (var slice in headers)
        {
            if (!Ascii.EqualsIgnoreCase(NameOf(slice), bytes))
            {
                continue;
            }

            var rest = ValueOf(slice);
            while (SipSyntax.NextInList(ref rest, out var item))
            {
                values.Add(SipSyntax.Text(item));
            }
        }

        return values;
    }

    /// <summary>Each whole header line of that name: for headers whose commas do not part a list (challenges, credentials).</summary>
    public List<string> GetLines(HeaderId id) =>
        [.. headers.Where(h => h.Id == id).Select(h => SipSyntax.Text(ValueOf(h)))];

    /// <summary>All headers as name and value, as received.</summary>
    public IEnumerable<SipHeader> AllHeaders() =>
        headers.Select(h => new SipHeader(SipSyntax.Text(NameOf(h)), SipSyntax.Text(ValueOf(h))));

    /// <summary>A header holding a name-addr (From, To, Contact, P-Asserted-Identity), or null when absent or malformed.</summary>
    public NameAddress? Address(HeaderId id)
    {
        var rest = Header(id);
        return SipSyntax.NextInList(ref rest, out var first) && NameAddress.TryParse(SipSyntax.Text(first), out var address) ? address : null;
    }

    /// <summary>The message as text, for logs of tests and ladders.</summary>
    public override string ToString() => Encoding.UTF8.GetString(buffer);

    internal int LinesOf(HeaderId id)
    {
        var count = 0;
        foreach (ref readonly var slice in headers.AsSpan())
        {
            count += slice.Id == id ? 1 : 0;
        }

        return count;
    }

    internal bool TryTopVia(out Via via)
    {
        var rest = Header(HeaderId.Via);
        via = default;
        return SipSyntax.NextInList(ref rest, out var first) && Via.TryParse(first, out via);
    }

    internal void CopyHeaders(HeaderId id, SipMessageWriter writer, int skip = 0)
    {
        foreach (ref readonly var slice in headers.AsSpan())
        {
            if (slice.Id == id && skip-- <= 0)
            {
                writer.Header(id, ValueOf(slice));
            }
        }
    }

    private ReadOnlySpan<byte> TagOf(HeaderId id) =>
        SipSyntax.TryParameter(SipSyntax.Parameters(Header(id)), "tag"u8, out var tag) ? tag : default;

    private string UserOf(HeaderId id) => Address(id)?.Uri.User ?? "";

    private ReadOnlySpan<byte> ValueOf(in HeaderSlice slice) => buffer.AsSpan(slice.ValueStart, slice.ValueLength);

    private ReadOnlySpan<byte> NameOf(in HeaderSlice slice) => buffer.AsSpan(slice.NameStart, slice.NameLength);
}

/// <summary>Where one header lies in the buffer.</summary>
internal readonly record struct HeaderSlice(HeaderId Id, int NameStart, int NameLength, int ValueStart, int ValueLength);

/// <summary>The parts of a start line: Middle is the Request-URI or the reason phrase.</summary>
internal readonly record struct StartLine(SipMethod MethodId, Range Method, Range Middle, int StatusCode);
