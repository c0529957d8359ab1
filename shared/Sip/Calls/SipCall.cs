using CallCenter.Sip.Dialogs;
using CallCenter.Sip.Digest;
using CallCenter.Sip.Messages;
using CallCenter.Sip.Transactions;
using CallCenter.Sip.Transports;

namespace CallCenter.Sip.Calls;

/// <summary>
/// One call: a dialog and what both ends do to it. Methods may be called from any thread, they take effect on the endpoint's loop
/// in the order called; on an ended call they do nothing, for <see cref="CallEnded"/> has told so.
/// </summary>
public abstract partial class SipCall
{
    private readonly CallTimer timer;
    private AwaitedAck? awaitedAck;
    private bool byeWanted;

    private protected SipCall(UserAgent agent, string callId)
    {
        Agent = agent;
        CallId = callId;
        timer = new CallTimer(this);
    }

    public string CallId { get; }

    /// <summary>Takes the call's events, on the endpoint's loop; it must not block. Set it before the handler that got the call returns.</summary>
    public Action<SipCallEvent>? OnEvent { get; set; }

    /// <summary>True once <see cref="CallEnded"/> has been given.</summary>
    public bool IsEnded { get; private set; }

    internal UserAgent Agent { get; }

    internal Dialog? Dialog { get; private set; }

    /// <summary>True for the side that chose the Call-ID: ours is a UAC's.</summary>
    private protected virtual bool OwnsCallId => false;

    /// <summary>True from the 2xx on until the end.</summary>
    internal bool IsEstablished { get; private protected set; }

    private protected SipCredentials? Credentials { get; init; }

    /// <summary>Ends the call from any state: CANCEL or a rejection before the answer, BYE after it.</summary>
    public void Bye()
    {
        if (!IsEnded)
        {
            Do(ByeNow);
        }
    }

    /// <summary>Sends a digit as INFO, application/dtmf-relay.</summary>
    public void SendDtmf(char digit, int durationMs = DtmfInfo.DefaultDurationMs) => SendInfo(DtmfInfo.Relay, DtmfInfo.Write(digit, durationMs));

    /// <summary>Sends an INFO with that body (RFC 6086). Its refusal is no event, but a dead dialog ends the call.</summary>
    public void SendInfo(string contentType, string body) => Do(() =>
    {
        if (IsEstablished && !IsEnded)
        {
            SendInDialog(SipMethod.Info, contentType, body, (_, _) => { });
        }
    });

    /// <summary>Offers a new session description within the call (RFC 3261 section 14.1): hold, resume, another address.</summary>
    public void Reinvite(string sdp) => Do(() => ReinviteNow(sdp));

    internal abstract void ByeNow();

    internal void Abandon()
    {
        End(SipEndCause.TransportError, 503, "Endpoint Stopped");
        Forget();
    }

    internal abstract void OnTimer(long now);

    /// <summary>A request within the dialog.</summary>
    internal void OnRequest(ServerTransaction transaction, SipMessage request)
    {
        if (!Dialog!.TakeRemoteCSeq(request.CSeq))
        {
            Agent.Reply(transaction, 500);
            return;
        }

        Dialog.Follow(transaction.Source);
        switch (request.Method)
        {
            case SipMethod.Bye:
                OnBye(transaction, request);
                break;
            case SipMethod.Invite or SipMethod.Update:
                OnOffer(transaction, request);
                break;
            case SipMethod.Info:
                OnInfo(transaction, request);
                break;
            case SipMethod.Prack:
                OnPrack(transaction, request);
                break;
            case SipMethod.Refer:
                OnRefer(transaction, request);
                break;
            case SipMethod.Notify:
                OnNotify(transaction, request);
                break;
            case SipMethod.Options:
                Agent.ReplyToOptions(transaction, draining: false);
                break;
            default:
                Agent.Reply(transaction, 405, headers: [new SipHeader("Allow", SipMethods.Allowed)]);
                break;
        }
    }

    // RFC 3262 section 3: a PRACK that acknowledges nothing.
    private protected virtual void OnPrack(ServerTransaction transaction, SipMessage request) => Agent.Reply(transaction, 481);

    internal void OnAck(SipMessage ack)
    {
        if (awaitedAck is null || ack.CSeq != awaitedAck.CSeq)
        {
            return;
        }

        EndWaitForAck();
        SetTimer(long.MaxValue);
        if (byeWanted)
        {
            SendBye();
        }
        else
        {
            Raise(new CallAcknowledged(ack.Sdp));
        }
    }

    internal void Raise(SipCallEvent happened)
    {
        if (IsEnded)
        {
            return;
        }

        IsEnded = happened is CallEnded;
        if (OnEvent is { } take)
        {
            Agent.Guard(take, happened);
        }
    }

    private protected void Do(Action action) => Agent.Post(this, action);

    private protected void End(SipEndCause cause, int code, string? reason = null, SipMessage? final = null)
    {
        if (IsEnded)
        {
            return;
        }

        if (openOffer is { } open)
        {
            openOffer = null;
            Agent.Reply(open, 487);
        }

        Raise(new CallEnded(cause, code, reason ?? ReasonPhrases.For(code), final));
    }

    /// <summary>Takes the call out of the agent's tables: nothing more can come for it.</summary>
    private protected void Forget()
    {
        EndWaitForAck();
        SetTimer(long.MaxValue);
        ForgetRetry();
        ForgetSession();
        Agent.Forget(this);
    }

    private protected void SetDialog(Dialog dialog)
    {
        Agent.ReplaceDialog(this, Dialog, dialog);
        Dialog = dialog;
    }

    private protected void SetTimer(long at) => Agent.Schedule(timer, at);

    private protected void ByeEstablished(SipEndCause cause = SipEndCause.LocalBye, int code = 200)
    {
        if (IsEnded)
        {
            return;
        }

        End(cause, code);

        // RFC 3261 section 15: the callee's BYE waits for the ACK to its 2xx.
        if (awaitedAck is not null)
        {
            byeWanted = true;
            return;
        }

        SendBye();
    }

    /// <summary>Repeats a 2xx to an INVITE until its ACK or 64*T1 (RFC 3261 section 13.3.1.4), whatever the transport.</summary>
    private protected void AwaitAck(ServerTransaction transaction, ReadOnlyMemory<byte> response, uint cseq)
    {
        transaction.Respond(200, response);
        awaitedAck = new AwaitedAck(transaction, cseq, Agent.Now + Agent.Timers.Timeout) { Interval = Agent.Timers.T1 };
        SetTimer(Agent.Now + awaitedAck.Interval);
    }

    /// <summary>True when the timer was for the ACK.</summary>
    private protected bool OnAckTimer(long now)
    {
        if (awaitedAck is null)
        {
            return false;
        }

        if (now >= awaitedAck.Deadline)
        {
            EndWaitForAck();
            End(SipEndCause.AckTimeout, 408, "No ACK");
            SendBye();
            return true;
        }

        awaitedAck.Transaction.Repeat();
        awaitedAck.Interval = Math.Min(awaitedAck.Interval * 2, Agent.Timers.T2);
        SetTimer(Math.Min(now + awaitedAck.Interval, awaitedAck.Deadline));
        return true;
    }

    /// <summary>Sends a request within the dialog; a 401 or 407 is answered once with the call's credentials.</summary>
    private protected void SendInDialog(SipMethod method, string? contentType, string? body, Action<ClientOutcome, SipMessage?> then, SipHeader? authorization = null, IReadOnlyList<SipHeader>? headers = null)
    {
        var request = new InDialogRequest(this, method, contentType, body, then, authorization, headers);
        if (Agent.TryRoute(Dialog!, out var flow))
        {
            request.SendBy(flow);
        }
        else
        {
            Agent.RouteDialog(Dialog!, request.SendBy);
        }
    }

    /// <summary>A request within the dialog on its way.</summary>
    private sealed record InDialogRequest(
        SipCall Call, SipMethod Method, string? ContentType, string? Body, Action<ClientOutcome, SipMessage?> Then, SipHeader? Authorization, IReadOnlyList<SipHeader>? Headers)
    {
        public void SendBy(SipFlow? flow)
        {
            if (flow is null)
            {
                Call.OnDialogResult(Method, ClientOutcome.TransportError, null, Then);
                return;
            }

            var dialog = Call.Dialog!;
            var branch = SipRandom.Branch();
            var request = Call.Agent.WriteInDialog(dialog, Method, dialog.NextCSeq(), flow, branch, ContentType, Body, Authorization, Headers);
            Call.Agent.Transactions.Send(Method, request, branch, flow, OnOutcome);
        }

        private void OnOutcome(ClientTransaction transaction, ClientOutcome outcome, SipMessage? response)
        {
            if (response is { StatusCode: 401 or 407 } && Authorization is null && DigestClient.Answer(response, Call.Credentials, Method.Name(), Call.Dialog!.RemoteTarget) is { } answer)
            {
                Call.SendInDialog(Method, ContentType, Body, Then, answer, Headers);
            }
            else if (response is null or { StatusCode: >= 200 })
            {
                Call.OnDialogResult(Method, outcome, response, Then);
            }
        }
    }

    private protected virtual void SendBye()
    {
        byeWanted = false;
        SetTimer(long.MaxValue);
        ForgetRetry();
        ForgetSession();
        SendInDialog(SipMethod.Bye, null, null, (_, _) => { });
    }

    // RFC 3261 section 12.2.1.2: 481, 408 or silence to any request ends the dialog.
    private void OnDialogResult(SipMethod method, ClientOutcome outcome, SipMessage? response, Action<ClientOutcome, SipMessage?> then)
    {
        then(outcome, response);
        if (method == SipMethod.Bye)
        {
            Forget();
        }

        if (IsEnded)
        {
            return;
        }

        if (outcome == ClientOutcome.TransportError && Dialog!.Flow.IsWebSocket && IsEstablished)
        {
            return; // a browser that has lost its socket comes back by another; what it says and hears goes on meanwhile
        }

        if (outcome == ClientOutcome.TransportError)
        {
            End(SipEndCause.TransportError, 503);
            Forget();
        }
        else if (outcome == ClientOutcome.Timeout || response!.StatusCode is 481 or 408)
        {
            End(SipEndCause.DialogGone, response?.StatusCode ?? 408, null, response);
            SendBye();
        }
    }

    private void OnBye(ServerTransaction transaction, SipMessage request)
    {
        Agent.Reply(transaction, 200);
        OnRemoteBye(request);
    }

    private protected virtual void OnRemoteBye(SipMessage bye)
    {
        var byeInFlight = IsEnded;
        EndWaitForAck();
        End(SipEndCause.RemoteBye, 200, bye.Get(HeaderId.Reason), bye);
        if (!byeInFlight || byeWanted)
        {
            Forget();
        }
    }

    private void OnInfo(ServerTransaction transaction, SipMessage request)
    {
        Agent.Reply(transaction, 200);
        var found = DtmfInfo.TryParse(request.ContentType, request.Body.Span, out var digit, out var duration);
        Raise(new CallInfo(found ? digit : null, found ? duration : 0, request.ContentType, request.Body));
    }

    private void EndWaitForAck()
    {
        awaitedAck?.Transaction.Release();
        awaitedAck = null;
    }

    private sealed record AwaitedAck(ServerTransaction Transaction, uint CSeq, long Deadline)
    {
        public int Interval { get; set; }
    }

    private sealed class CallTimer(SipCall call) : WheelNode
    {
        internal override void Fire(long now) => call.OnTimer(now);
    }
}
