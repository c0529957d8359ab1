namespace CallCenter.Sip.Messages;

/// <summary>Requests that repeat parts of another: ACK to a 3xx-6xx and CANCEL.</summary>
internal static class RequestWriter
{
    /// <summary>RFC 3261 section 17.1.1.3: Request-URI, top Via, From, Call-ID, CSeq number and Route of the INVITE, To of the response.</summary>
    public static ReadOnlyMemory<byte> AckToFailure(SipMessageWriter writer, SipMessage invite, SipMessage response) =>
        Repeat(writer, "ACK", invite, response.Header(HeaderId.To));

    /// <summary>RFC 3261 section 9.1: as the INVITE, the To without tag.</summary>
    public static ReadOnlyMemory<byte> Cancel(SipMessageWriter writer, SipMessage invite) => Repeat(writer, "CANCEL", invite, invite.Header(HeaderId.To));

    private static ReadOnlyMemory<byte> Repeat(SipMessageWriter writer, string method, SipMessage invite, ReadOnlySpan<byte> to)
    {
        invite.TryTopVia(out var via);
        writer.Request(method, invite.RequestUri).Header(HeaderId.Via, via.Value);
        invite.CopyHeaders(HeaderId.Route, writer);
        writer.Header(HeaderId.MaxForwards, 70).Header(HeaderId.From, invite.Header(HeaderId.From)).Header(HeaderId.To, to);
        writer.Header(HeaderId.CallId, invite.Header(HeaderId.CallId));
        writer.Begin(HeaderId.CSeq).Number(invite.CSeq).Text(" ").Text(method).EndLine();
        return writer.Finish();
    }
}
