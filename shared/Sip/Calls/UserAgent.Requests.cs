using System.Globalization;
using System.Text;
using CallCenter.Sip.Dialogs;
using CallCenter.Sip.Messages;
using CallCenter.Sip.Transactions;
using CallCenter.Sip.Transports;

namespace CallCenter.Sip.Calls;

/// <summary>What a request meets, in order: admission, inspection, its dialog, its method (RFC 3261 section 8.2).</summary>
internal sealed partial class UserAgent
{
    // Step 1: before a transaction is made. Nothing but header slices has been read so far. What is refused here costs no state.
    private bool Admit(SipMessage request, SipFlow flow)
    {
        if (request.Fault is { } fault)
        {
            Counters.Malformed++;
            return Refuse(request, flow, fault.Code, null, fault.Reason);
        }

        var inDialog = !request.ToTagBytes.IsEmpty;
        if (inDialog && FindDialog(request) is null)
        {
            return Refuse(request, flow, 481, null); // RFC 3261 section 12.2.2
        }

        var limit = inDialog || request.Method == SipMethod.Cancel ? options.Limits.TransactionsMax + (options.Limits.TransactionsMax / 4) : options.Limits.TransactionsMax;
        if (Transactions.Count >= limit || (!inDialog && request.Method == SipMethod.Invite && calls.Count >= options.Limits.CallsMax))
        {
            Counters.Overloaded++;
            return Refuse(request, flow, 503, options.Limits.RetryAfterSeconds);
        }

        // RFC 3261 section 8.2.2.2: the same call by another branch of a fork.
        if (!inDialog && Transactions.IsMerged(request))
        {
            return Refuse(request, flow, 482, null);
        }

        return inDialog || AdmitByHandler(request, flow);
    }

    private bool AdmitByHandler(SipMessage request, SipFlow flow)
    {
        if (request.Method == SipMethod.Cancel || handlers.Admit is null)
        {
            return true;
        }

        var admission = Admission.Drop;
        try
        {
            admission = handlers.Admit(request, flow);
        }
#pragma warning disable CA1031 // A service's fault must not stop the loop that all calls share.
        catch (Exception exception)
        {
            handlers.Error(exception);
            return Refuse(request, flow, 500, null);
        }
#pragma warning restore CA1031

        if (admission.Kind == AdmissionKind.Accept)
        {
            return true;
        }

        Counters.Refused++;
        return admission.Kind == AdmissionKind.Refuse && Refuse(request, flow, admission.Code, admission.RetryAfterSeconds);
    }

    // Stateless (RFC 3261 section 8.2.7): a retransmission is refused in the same words.
    private bool Refuse(SipMessage request, SipFlow flow, int code, int? retryAfterSeconds, string? reason = null)
    {
        if (request.TryTopVia(out var via))
        {
            var response = ResponseWriter.Begin(writer, request, flow, code, reason, ResponseWriter.StatelessTag(request));
            if (retryAfterSeconds is { } seconds)
            {
                response.Header(HeaderId.RetryAfter, seconds);
            }

            ResponseWriter.Route(via, flow).Send(response.Header(HeaderId.Server, options.Product).Finish());
        }

        return false;
    }

    // A request is answered whatever happens: a transaction without a final response would stay.
    private void OnRequest(ServerTransaction transaction, SipMessage request)
    {
        if (!Guard(static of => of.Agent.Dispatch(of.Transaction, of.Request), (Agent: this, Transaction: transaction, Request: request)))
        {
            Reply(transaction, 500);
        }
    }

    private void Dispatch(ServerTransaction transaction, SipMessage request)
    {
        if (Inspect(transaction, request))
        {
            return;
        }

        if (request.Method == SipMethod.Cancel)
        {
            OnCancel(transaction, request);
        }
        else if (FindDialog(request) is { } call)
        {
            call.OnRequest(transaction, request);
        }
        else
        {
            OnOutside(transaction, request);
        }
    }

    // RFC 3261 sections 8.2.1 to 8.2.3 and 16.3: true when the request has been answered already.
    private bool Inspect(ServerTransaction transaction, SipMessage request)
    {
        if (request.Method is SipMethod.Unknown or SipMethod.Subscribe or SipMethod.Message or SipMethod.Publish
            || (request.Method is SipMethod.Refer or SipMethod.Notify && request.ToTagBytes.IsEmpty) // within a call only
            || (request.Method == SipMethod.Register && handlers.Registrar is null))
        {
            Reply(transaction, request.Method == SipMethod.Unknown ? 501 : 405, headers: [Allow()]);
            return true;
        }

        if (!HasKnownScheme(request.RequestUriBytes))
        {
            Reply(transaction, 416);
            return true;
        }

        if (request.Method != SipMethod.Cancel && request.Has(HeaderId.Require) && SipOptionTags.Unknown(request) is { Count: > 0 } unknown)
        {
            Reply(transaction, 420, headers: [new SipHeader("Unsupported", string.Join(", ", unknown))]);
            return true;
        }

        return false;
    }

    private static bool HasKnownScheme(ReadOnlySpan<byte> uri)
    {
        var colon = uri.IndexOf((byte)':');
        var scheme = colon < 0 ? default : uri[..colon];
        return Ascii.EqualsIgnoreCase(scheme, "sip"u8) || Ascii.EqualsIgnoreCase(scheme, "sips"u8) || Ascii.EqualsIgnoreCase(scheme, "tel"u8);
    }

    // RFC 3261 section 9.2. A CANCEL after the final response is answered 200 and changes nothing.
    private void OnCancel(ServerTransaction transaction, SipMessage cancel)
    {
        var invite = Transactions.InviteOf(cancel);
        transaction.Respond(invite is null ? 481 : 200, WriteResponse(transaction, cancel, invite is null ? 481 : 200, tag: invite?.LocalTag));
        invite?.Cancelled?.Invoke();
    }

    private SipCall? FindDialog(SipMessage request)
    {
        Span<byte> key = stackalloc byte[Dialog.KeyBytesMax];
        var length = Dialog.KeyOf(key, request);
        return dialogs.GetAlternateLookup<ReadOnlySpan<byte>>().TryGetValue(key[..length], out var call) ? call : null;
    }

    private void OnAck(SipMessage ack)
    {
        if (FindDialog(ack) is { } call)
        {
            call.OnAck(ack);
        }
        else
        {
            Counters.StrayAcks++;
        }
    }

    private void OnOutside(ServerTransaction transaction, SipMessage request)
    {
        switch (request.Method)
        {
            case SipMethod.Invite when Draining:
                Reply(transaction, 503, "Draining", [RetryAfter()]);
                break;
            case SipMethod.Invite:
                OnInvite(transaction, request);
                break;
            case SipMethod.Register:
                OnRegister(transaction, request);
                break;
            case SipMethod.Options:
                ReplyToOptions(transaction, Draining);
                break;
            default:
                Reply(transaction, 481); // BYE, INFO, UPDATE belong to a dialog
                break;
        }
    }

    private void OnInvite(ServerTransaction transaction, SipMessage invite)
    {
        if (!invite.Body.IsEmpty && !invite.MayBeSdp)
        {
            Reply(transaction, 415, headers: [new SipHeader("Accept", "application/sdp")]);
            return;
        }

        if (!TakesSdp(invite))
        {
            Reply(transaction, 406);
            return;
        }

        if (SessionTimer.IsTooBrief(invite))
        {
            Reply(transaction, 422, headers: [SessionTimer.MinSe]);
            return;
        }

        if (Replaced(invite, out var replaced) is { } refusal)
        {
            Reply(transaction, refusal);
            return;
        }

        // RFC 3261 section 17.2.1: 100 at once, so that the caller stops repeating its INVITE.
        Reply(transaction, 100);
        var call = new UasCall(this, transaction, invite, transaction.Source) { Replaced = replaced };
        if (!Guard(handlers.Invite, call))
        {
            call.RejectNow(SipEndCause.Rejected, 500, null, null);
        }
    }

    // RFC 3891 section 3, in its order: the status to refuse with, or null and the call to be replaced, if any.
    private int? Replaced(SipMessage invite, out SipCall? replaced)
    {
        replaced = null;
        if (!invite.Has(HeaderId.Replaces))
        {
            return null;
        }

        if (invite.LinesOf(HeaderId.Replaces) > 1 || !SipReplaces.TryParse(invite.Get(HeaderId.Replaces)!, out var named))
        {
            return 400;
        }

        replaced = CallOf(named);
        return replaced switch
        {
            null => 481,
            { IsEnded: true } => 603,
            { IsEstablished: true } => named.EarlyOnly ? 486 : null,
            UasCall => 481, // an early dialog that the peer began cannot be taken over
            _ => null,
        };
    }

    /// <summary>The call of that dialog, or null.</summary>
    public SipCall? CallOf(SipReplaces named) => dialogs.GetValueOrDefault(named.DialogKey());

    // RFC 3261 section 20.1: without Accept it is application/sdp.
    private static bool TakesSdp(SipMessage invite)
    {
        if (!invite.Has(HeaderId.Accept))
        {
            return true;
        }

        foreach (var range in invite.GetAll(HeaderId.Accept))
        {
            var end = range.IndexOf(';', StringComparison.Ordinal);
            if ((end < 0 ? range : range[..end]).Trim().ToLowerInvariant() is "application/sdp" or "application/*" or "*/*")
            {
                return true;
            }
        }

        return false;
    }

    private void OnRegister(ServerTransaction transaction, SipMessage request)
    {
        var reply = handlers.Registrar!.Handle(request, transaction.Source);
        Reply(transaction, reply.Code, reply.Reason, reply.Headers);
    }

    public void ReplyToOptions(ServerTransaction transaction, bool draining)
    {
        if (draining)
        {
            Reply(transaction, 503, headers: [RetryAfter()]);
        }
        else
        {
            Reply(transaction, 200, headers: [Allow(), new SipHeader("Accept", "application/sdp, application/dtmf-relay, application/dtmf")], withContact: true);
        }
    }

    public void Reply(ServerTransaction transaction, int code, string? reason = null, IReadOnlyList<SipHeader>? headers = null, bool withContact = false)
    {
        if (transaction.Request is { } request)
        {
            transaction.Respond(code, WriteResponse(transaction, request, code, reason, headers, withContact));
        }
    }

    private SipHeader RetryAfter() => new("Retry-After", options.Limits.RetryAfterSeconds.ToString(CultureInfo.InvariantCulture));

    private SipHeader Allow() => new("Allow", handlers.Registrar is null ? SipMethods.Allowed : SipMethods.Allowed + ", REGISTER");
}
