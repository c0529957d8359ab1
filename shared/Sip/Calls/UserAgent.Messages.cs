using System.Globalization;
using System.Text;
using CallCenter.Sip.Dialogs;
using CallCenter.Sip.Messages;
using CallCenter.Sip.Transactions;
using CallCenter.Sip.Transports;

namespace CallCenter.Sip.Calls;

/// <summary>The messages this agent writes; each is to be sent or copied before the next one is written.</summary>
internal sealed partial class UserAgent
{
    private const int MaxForwards = 70;
    private static readonly System.Buffers.SearchValues<char> PlainUser = System.Buffers.SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.~");

    public ReadOnlyMemory<byte> WriteResponse(ServerTransaction transaction, SipMessage request, int code, string? reason = null, IReadOnlyList<SipHeader>? headers = null, bool withContact = false, string? contentType = null, string? body = null, string? tag = null)
    {
        var response = ResponseWriter.Begin(writer, request, transaction.Source, code, reason, code == 100 ? null : tag ?? transaction.LocalTag);
        if (withContact)
        {
            // RFC 3261 section 12.1.1: a response that makes a dialog repeats Record-Route.
            request.CopyHeaders(HeaderId.RecordRoute, response);
            response.Header(HeaderId.Contact, Contact(transaction.Flow, "", IsSips(request.RequestUriBytes)));
            if (code >= 200 && request.Method != SipMethod.Options)
            {
                response.Header(HeaderId.Allow, SipMethods.Allowed).Header(HeaderId.Supported, SipOptionTags.Supported);
            }
        }

        response.Headers(headers).Header(HeaderId.Server, options.Product);
        return response.Finish(contentType, body);
    }

    public ReadOnlyMemory<byte> WriteInvite(UacInvite invite, string callId, string localTag, uint cseq, SipFlow flow, string branch, SipHeader? authorization, IReadOnlyList<SipHeader> session)
    {
        var from = invite.From.Length == 0 ? $"<sip:anonymous@{SentBy(flow)}>" : Bracket(invite.From);
        writer.Request("INVITE", invite.Target).Via(Via(flow, branch));
        if (invite.Route is { } route)
        {
            writer.Header(HeaderId.Route, Bracket(route));
        }

        Tagged(writer.Header(HeaderId.MaxForwards, MaxForwards), from, localTag);
        Bracketed(HeaderId.To, invite.To ?? invite.Target).Header(HeaderId.CallId, callId).Begin(HeaderId.CSeq).Number(cseq).Text(" INVITE").EndLine();
        writer.Header(HeaderId.Contact, Contact(flow, UserOf(from), IsSips(invite.Target))).Header(HeaderId.Allow, SipMethods.Allowed).Header(HeaderId.Supported, SipOptionTags.Supported);
        writer.Header(HeaderId.UserAgent, options.Product);
        Add(authorization);
        return writer.Headers(session).Headers(invite.Headers).Finish("application/sdp", invite.Sdp);
    }

    public ReadOnlyMemory<byte> WriteInDialog(Dialog dialog, SipMethod method, uint cseq, SipFlow flow, string branch, string? contentType, string? body, SipHeader? authorization, IReadOnlyList<SipHeader>? headers = null) =>
        BeginInDialog(dialog, method, cseq, flow, branch, authorization).Headers(headers).Header(HeaderId.UserAgent, options.Product).Finish(contentType, body);

    private SipMessageWriter BeginInDialog(Dialog dialog, SipMethod method, uint cseq, SipFlow flow, string branch, SipHeader? authorization)
    {
        dialog.Begin(writer, method, cseq, Via(flow, branch));
        if (method is SipMethod.Invite or SipMethod.Update)
        {
            // Whoever asks for a session timer says that it knows them (RFC 4028 section 7.1), and a refresh goes by UPDATE where that is allowed.
            writer.Header(HeaderId.Allow, SipMethods.Allowed).Header(HeaderId.Supported, SipOptionTags.Supported);
        }

        if (method is SipMethod.Invite or SipMethod.Update or SipMethod.Refer or SipMethod.Notify)
        {
            writer.Header(HeaderId.Contact, Contact(flow, NameAddress.UserOf(dialog.LocalAddress), IsSips(dialog.RemoteTarget)));
        }

        Add(authorization);
        return writer;
    }

    public ReadOnlyMemory<byte> WriteCancel(SipMessage invite) => RequestWriter.Cancel(writer, invite);

    /// <summary>A request outside of any dialog: OPTIONS and REGISTER.</summary>
    public ReadOnlyMemory<byte> WriteOutside(SipMethod method, string uri, string from, string to, string callId, string fromTag, uint cseq, SipFlow flow, string branch, IReadOnlyList<SipHeader> headers)
    {
        writer.Request(method.Name(), uri).Via(Via(flow, branch)).Header(HeaderId.MaxForwards, MaxForwards);
        Tagged(writer, Bracket(from), fromTag);
        Bracketed(HeaderId.To, to).Header(HeaderId.CallId, callId);
        writer.Begin(HeaderId.CSeq).Number(cseq).Text(" ").Text(method.Name()).EndLine();
        return writer.Headers(headers).Header(HeaderId.UserAgent, options.Product).Finish();
    }

    /// <summary>The ACK to a 2xx: a request of its own with a new branch, never retransmitted by itself (RFC 3261 section 13.2.2.4).</summary>
    public void SendAck(Dialog dialog, uint cseq, SipHeader? authorization)
    {
        if (TryRoute(dialog, out var flow))
        {
            SendAck(dialog, cseq, authorization, flow);
        }
        else
        {
            RouteDialog(dialog, AckBy(dialog, cseq, authorization));
        }
    }

    private Action<SipFlow?> AckBy(Dialog dialog, uint cseq, SipHeader? authorization) => flow => SendAck(dialog, cseq, authorization, flow);

    private void SendAck(Dialog dialog, uint cseq, SipHeader? authorization, SipFlow? flow)
    {
        if (flow is not null)
        {
            BeginInDialog(dialog, SipMethod.Ack, cseq, flow, SipRandom.Branch(), authorization).Header(HeaderId.UserAgent, options.Product);
            flow.Send(writer.Finish());
        }
    }

    /// <summary>Our Contact for that flow, with the user part of our own address. In a sips dialog it is a sips URI (RFC 3261 sections 8.1.1.8 and 12.1.1).</summary>
    public string Contact(SipFlow flow, string user, bool sips = false)
    {
        user = EscapedUser(user);
        Span<char> text = stackalloc char[256];
        var (scheme, at, parameter) = (sips ? "sips" : "sip", user.Length > 0 ? "@" : "", sips ? "" : flow.UriParameter);
        return text.TryWrite(CultureInfo.InvariantCulture, $"<{scheme}:{user}{at}{SentBy(flow)}{parameter}>", out var length)
            ? SipStrings.Of(text[..length])
            : $"<{scheme}:{user}{at}{SentBy(flow)}{parameter}>";
    }

    private static string UserOf(string address) => NameAddress.TryParse(address, out var own) ? own.Uri.User : "";

    private static string EscapedUser(string user) => user.AsSpan().IndexOfAnyExcept(PlainUser) < 0 ? user : Uri.EscapeDataString(user);

    private static bool IsSips(ReadOnlySpan<byte> uri) => uri.Length > 5 && Ascii.EqualsIgnoreCase(uri[..5], "sips:"u8);

    private static bool IsSips(string uri) => uri.StartsWith("sips:", StringComparison.OrdinalIgnoreCase);

    public string LocalAor(SipFlow flow) => $"<sip:{SentBy(flow)}>";

    private static string Bracket(string address) => address.Contains('<', StringComparison.Ordinal) ? address : $"<{address}>";

    private OwnVia Via(SipFlow flow, string branch) => new(flow.ViaName, SentBy(flow), branch);

    private string SentBy(SipFlow flow) => flow.SentBy ??= host.SentBy(flow);

    private static void Tagged(SipMessageWriter writer, string address, string tag) => writer.Begin(HeaderId.From).Text(address).Bytes(";tag="u8).Text(tag).EndLine();

    private SipMessageWriter Bracketed(HeaderId id, string address) => address.Contains('<', StringComparison.Ordinal)
        ? writer.Header(id, address)
        : writer.Begin(id).Byte((byte)'<').Text(address).Bytes(">\r\n"u8);

    private void Add(SipHeader? header)
    {
        if (header is { } value)
        {
            writer.Header(value.Name, value.Value);
        }
    }
}
