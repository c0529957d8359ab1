using CallCenter.Sip.Messages;
using CallCenter.Sip.Transactions;

namespace CallCenter.Sip.Calls;

/// <summary>Offers within a call, of either side: re-INVITE (RFC 3261 section 14) and UPDATE (RFC 3311).</summary>
public abstract partial class SipCall
{
    private ServerTransaction? openOffer;
    private bool reinviting;

    private void OnOffer(ServerTransaction transaction, SipMessage request)
    {
        var hasOffer = request.Method == SipMethod.Invite || request.Sdp is not null;
        if (hasOffer && (openOffer is not null || awaitedAck is not null || !IsEstablished))
        {
            // RFC 3261 section 14.2: an INVITE before the last one is done; RFC 3311 section 5.2: an offer while one is open.
            Agent.Reply(transaction, 500, headers: [new SipHeader("Retry-After", "1")]);
            return;
        }

        if (hasOffer && reinviting)
        {
            Agent.Reply(transaction, 491);
            return;
        }

        Dialog!.Retarget(request);
        if (!hasOffer)
        {
            Agent.Reply(transaction, 200, withContact: true);
            return;
        }

        openOffer = transaction;
        if (request.Method == SipMethod.Invite)
        {
            transaction.Cancelled = () => RefuseOffer(transaction, 487);
            Agent.Reply(transaction, 100);
        }

        Raise(new CallOffer(request.Method, request.Sdp)
        {
            OnAccept = sdp => Do(() => AcceptOffer(transaction, request, sdp)),
            OnReject = code => Do(() => RefuseOffer(transaction, code)),
        });
    }

    private void AcceptOffer(ServerTransaction transaction, SipMessage request, string sdp)
    {
        if (openOffer != transaction)
        {
            return;
        }

        openOffer = null;
        var response = Agent.WriteResponse(transaction, request, 200, null, null, withContact: true, "application/sdp", sdp);
        if (request.Method == SipMethod.Invite)
        {
            AwaitAck(transaction, response, request.CSeq);
        }
        else
        {
            transaction.Respond(200, response);
        }
    }

    private void RefuseOffer(ServerTransaction transaction, int code)
    {
        if (openOffer == transaction)
        {
            openOffer = null;
            Agent.Reply(transaction, code);
        }
    }

    private void ReinviteNow(string sdp)
    {
        if (!IsEstablished || IsEnded)
        {
            return;
        }

        // RFC 3261 section 14.1: not while another INVITE of either side is open.
        if (reinviting || openOffer is not null || awaitedAck is not null)
        {
            Raise(new CallReofferRefused(491, ReasonPhrases.For(491)));
            return;
        }

        reinviting = true;
        SendInDialog(SipMethod.Invite, "application/sdp", sdp, OnReinviteResult);
    }

    private void OnReinviteResult(ClientOutcome outcome, SipMessage? response)
    {
        if (response is null or { StatusCode: >= 300 })
        {
            reinviting = false;
            if (response is not null && response.StatusCode is not (481 or 408))
            {
                Raise(new CallReofferRefused(response.StatusCode, response.ReasonPhrase));
            }

            return;
        }

        Dialog!.Retarget(response);
        Agent.SendAck(Dialog, response.CSeq, null);
        if (reinviting)
        {
            reinviting = false;
            Raise(new CallAnswered(response.Sdp));
        }
    }
}
