using System.Text;
using CallCenter.Sip.Dialogs;
using CallCenter.Sip.Messages;
using CallCenter.Sip.Transactions;
using CallCenter.Sip.Transports;

namespace CallCenter.Sip.Calls;

/// <summary>The messages this agent writes.</summary>
internal sealed partial class UserAgent
{
    private const int MaxForwards = 70;

    public byte[] WriteResponse(ServerTransaction transaction, SipMessage request, int code, string? reason = null, IReadOnlyList<SipHeader>? headers = null, bool withContact = false, string? contentType = null, string? body = null, string? tag = null)
    {
        var response = ResponseWriter.Begin(writer, request, transaction.Source, code, reason, code == 100 ? null : tag ?? transaction.LocalTag);
        if (withContact)
        {
            // RFC 3261 section 12.1.1: a response that makes a dialog repeats Record-Route.
            request.CopyHeaders(HeaderId.RecordRoute, response);
            response.Header(HeaderId.Contact, Contact(transaction.Flow, null, IsSips(request.RequestUri)));
            if (code >= 200 && request.Method != SipMethod.Options)
            {
                response.Header(HeaderId.Allow, SipMethods.Allowed).Header(HeaderId.Supported, SipOptionTags.Supported);
            }
        }

        response.Headers(headers).Header(HeaderId.Server, options.Product);
        return response.Finish(contentType, body is null ? default : Encoding.UTF8.GetBytes(body));
    }

    public byte[] WriteInvite(UacInvite invite, string callId, string localTag, uint cseq, SipFlow flow, string branch, SipHeader? authorization, IReadOnlyList<SipHeader> session)
    {
        var from = invite.From.Length == 0 ? $"<sip:anonymous@{host.SentBy(flow)}>" : Bracket(invite.From);
        writer.Request("INVITE", invite.Target).Header(HeaderId.Via, Via(flow, branch));
        if (invite.Route is { } route)
        {
            writer.Header(HeaderId.Route, Bracket(route));
        }

        writer.Header(HeaderId.MaxForwards, MaxForwards).Header(HeaderId.From, $"{from};tag={localTag}").Header(HeaderId.To, Bracket(invite.To ?? invite.Target));
        writer.Header(HeaderId.CallId, callId).Begin(HeaderId.CSeq).Number(cseq).Text(" INVITE").EndLine();
        writer.Header(HeaderId.Contact, Contact(flow, from, IsSips(invite.Target))).Header(HeaderId.Allow, SipMethods.Allowed).Header(HeaderId.Supported, SipOptionTags.Supported);
        writer.Header(HeaderId.UserAgent, options.Product);
        Add(authorization);
        return writer.Headers(session).Headers(invite.Headers).Finish("application/sdp", Encoding.UTF8.GetBytes(invite.Sdp));
    }

    public byte[] WriteInDialog(Dialog dialog, SipMethod method, uint cseq, SipFlow flow, string branch, string? contentType, string? body, SipHeader? authorization, IReadOnlyList<SipHeader>? headers = null)
    {
        dialog.Begin(writer, method, cseq, Via(flow, branch));
        if (method is SipMethod.Invite or SipMethod.Update)
        {
            // Whoever asks for a session timer says that it knows them (RFC 4028 section 7.1), and a refresh goes by UPDATE where that is allowed.
            writer.Header(HeaderId.Allow, SipMethods.Allowed).Header(HeaderId.Supported, SipOptionTags.Supported);
        }

        if (method is SipMethod.Invite or SipMethod.Update or SipMethod.Refer or SipMethod.Notify)
        {
            writer.Header(HeaderId.Contact, Contact(flow, dialog.LocalAddress, IsSips(dialog.RemoteTarget)));
        }

        Add(authorization);
        return writer.Headers(headers).Header(HeaderId.UserAgent, options.Product).Finish(contentType, body is null ? default : Encoding.UTF8.GetBytes(body));
    }

    public byte[] WriteCancel(SipMessage invite) => RequestWriter.Cancel(writer, invite);

    /// <summary>A request outside of any dialog: OPTIONS and REGISTER.</summary>
    public byte[] WriteOutside(SipMethod method, string uri, string from, string to, string callId, string fromTag, uint cseq, SipFlow flow, string branch, IReadOnlyList<SipHeader> headers)
    {
        writer.Request(method.Name(), uri).Header(HeaderId.Via, Via(flow, branch)).Header(HeaderId.MaxForwards, MaxForwards);
        writer.Header(HeaderId.From, $"{Bracket(from)};tag={fromTag}").Header(HeaderId.To, Bracket(to)).Header(HeaderId.CallId, callId);
        writer.Begin(HeaderId.CSeq).Number(cseq).Text(" ").Text(method.Name()).EndLine();
        return writer.Headers(headers).Header(HeaderId.UserAgent, options.Product).Finish();
    }

    /// <summary>The ACK to a 2xx: a request of its own with a new branch, never retransmitted by itself (RFC 3261 section 13.2.2.4).</summary>
    public void SendAck(Dialog dialog, uint cseq, SipHeader? authorization) => RouteDialog(dialog, flow =>
        flow?.Send(WriteInDialog(dialog, SipMethod.Ack, cseq, flow, SipRandom.Branch(), null, null, authorization)));

    /// <summary>Our Contact for that flow; the user part is that of our own address. In a sips dialog it is a sips URI (RFC 3261 sections 8.1.1.8 and 12.1.1).</summary>
    public string Contact(SipFlow flow, string? ourAddress, bool sips = false)
    {
        var user = ourAddress is not null && NameAddress.TryParse(ourAddress, out var own) && own.Uri.User.Length > 0 ? Uri.EscapeDataString(own.Uri.User) + "@" : "";
        return sips ? $"<sips:{user}{host.SentBy(flow)}>" : $"<sip:{user}{host.SentBy(flow)}{flow.UriParameter}>";
    }

    private static bool IsSips(string uri) => uri.StartsWith("sips:", StringComparison.OrdinalIgnoreCase);

    public string LocalAor(SipFlow flow) => $"<sip:{host.SentBy(flow)}>";

    private static string Bracket(string address) => address.Contains('<', StringComparison.Ordinal) ? address : $"<{address}>";

    private string Via(SipFlow flow, string branch) => $"SIP/2.0/{flow.ViaName} {host.SentBy(flow)};branch={branch};rport";

    private void Add(SipHeader? header)
    {
        if (header is { } value)
        {
            writer.Header(value.Name, value.Value);
        }
    }
}
