using System.Globalization;
using CallCenter.Sip.Dialogs;
using CallCenter.Sip.Messages;
using CallCenter.Sip.Transactions;

namespace CallCenter.Sip.Calls;

/// <summary>Transfer within a call, of either side: REFER and its NOTIFYs (RFC 3515), Replaces in Refer-To (RFC 3891), no subscription (RFC 4488).</summary>
public abstract partial class SipCall
{
    private const string Fragment = "message/sipfrag";

    // Only one transfer of a call is open: a second REFER meanwhile gets 491.
    private bool referralOpen;
    private int referrals;

    /// <summary>
    /// Asks the peer to call <paramref name="target"/>, a URI; with <paramref name="replaces"/>, a call of this endpoint, the new call takes its place
    /// (attended transfer). <see cref="CallReferred"/> tells how it goes.
    /// </summary>
    public void Refer(string target, SipCall? replaces = null) => Do(() =>
    {
        if (!IsEstablished || IsEnded)
        {
            return;
        }

        var headers = replaces?.Dialog is { } d ? "?Replaces=" + Uri.EscapeDataString(new SipReplaces(d.CallId, d.RemoteTag, d.LocalTag, false).ToString()) : "";
        SipHeader[] extra = [new("Refer-To", $"<{target}{headers}>"), new("Referred-By", WithoutTag(SipSyntax.Text(Dialog!.LocalAddress)))];
        SendInDialog(SipMethod.Refer, null, null, OnReferResult, headers: extra);
    });

    private void OnReferResult(ClientOutcome outcome, SipMessage? response)
    {
        var code = response?.StatusCode ?? (outcome == ClientOutcome.Timeout ? 408 : 503);
        var withoutNotify = code is >= 200 and < 300 && response?.Get("Refer-Sub")?.StartsWith("false", StringComparison.OrdinalIgnoreCase) == true;
        Raise(new CallReferred(code, IsFinal: code >= 300 || withoutNotify));
    }

    private void OnRefer(ServerTransaction transaction, SipMessage request)
    {
        var targets = request.GetAll(HeaderId.ReferTo);
        if (targets is not [var only] || !NameAddress.TryParse(only, out var to) || !TryReplaces(to.Uri, out var replaces))
        {
            Agent.Reply(transaction, 400, "Refer-To Malformed"); // RFC 3515 section 2.4.2: exactly one
            return;
        }

        if (referralOpen || !IsEstablished)
        {
            Agent.Reply(transaction, 491);
            return;
        }

        var silent = request.Get("Refer-Sub")?.StartsWith("false", StringComparison.OrdinalIgnoreCase) == true;
        var id = referrals++ == 0 ? "" : string.Create(CultureInfo.InvariantCulture, $";id={request.CSeq}"); // RFC 3515 section 2.4.6
        referralOpen = true;
        Raise(new CallRefer((to.Uri with { Headers = "" }).ToString(), to.Uri.User, replaces, replaces is null ? null : Agent.CallOf(replaces), request.Get(HeaderId.ReferredBy))
        {
            OnAccept = () => Do(() => AcceptReferral(transaction, silent, id)),
            OnReject = code => Do(() => RejectReferral(transaction, code)),
            OnReport = code => Do(() => ReportReferral(silent, id, code)),
        });
    }

    private void AcceptReferral(ServerTransaction transaction, bool silent, string id)
    {
        if (transaction.IsFinal)
        {
            return;
        }

        // RFC 4488 section 4: Refer-Sub in the answer says that there will be no NOTIFY.
        Agent.Reply(transaction, 202, headers: silent ? [new SipHeader("Refer-Sub", "false")] : null, withContact: true);
        Notify(silent, id, 100);
    }

    private void RejectReferral(ServerTransaction transaction, int code)
    {
        if (!transaction.IsFinal)
        {
            referralOpen = false;
            Agent.Reply(transaction, code);
        }
    }

    private void ReportReferral(bool silent, string id, int code)
    {
        if (referralOpen)
        {
            referralOpen = code < 200;
            Notify(silent, id, code);
        }
    }

    private void Notify(bool silent, string id, int code)
    {
        if (silent || IsEnded)
        {
            return;
        }

        var state = code < 200 ? "active;expires=180" : "terminated;reason=noresource";
        var body = string.Create(CultureInfo.InvariantCulture, $"SIP/2.0 {code} {ReasonPhrases.For(code)}\r\n");
        SendInDialog(SipMethod.Notify, Fragment + ";version=2.0", body, (_, _) => { }, headers: [new("Event", "refer" + id), new("Subscription-State", state)]);
    }

    private void OnNotify(ServerTransaction transaction, SipMessage request)
    {
        if (request.Get(HeaderId.Event)?.StartsWith("refer", StringComparison.OrdinalIgnoreCase) != true)
        {
            Agent.Reply(transaction, 489, headers: [new SipHeader("Allow-Events", "refer")]);
            return;
        }

        Agent.Reply(transaction, 200);
        var body = request.Body.Span[..Math.Min(request.Body.Length, 64)];
        var code = request.ContentType == Fragment && body.StartsWith("SIP/2.0 "u8) && body.Length >= 11 && SipSyntax.TryNumber(body[8..11], 699, out var status) ? (int)status : 0;
        var over = request.Get("Subscription-State")?.StartsWith("terminated", StringComparison.OrdinalIgnoreCase) == true;
        Raise(new CallReferred(code, IsFinal: over || code >= 200));
    }

    private static string WithoutTag(string address) =>
        NameAddress.TryParse(address, out var parsed) ? $"<{parsed.UriText}>" : address;

    // RFC 3261 section 19.1.1: headers of a URI are escaped.
    private static bool TryReplaces(SipUri target, out SipReplaces? replaces)
    {
        replaces = null;
        foreach (var header in target.Headers.TrimStart('?').Split('&', StringSplitOptions.RemoveEmptyEntries))
        {
            if (header.StartsWith("Replaces=", StringComparison.OrdinalIgnoreCase))
            {
                return SipReplaces.TryParse(Uri.UnescapeDataString(header["Replaces=".Length..]), out replaces!);
            }
        }

        return true;
    }
}
