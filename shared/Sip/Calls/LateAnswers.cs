using CallCenter.Sip.Dialogs;
using CallCenter.Sip.Messages;
using CallCenter.Sip.Transactions;
using CallCenter.Sip.Transports;

namespace CallCenter.Sip.Calls;

/// <summary>
/// What may still come for an INVITE of ours after its 2xx: the same one again, whose ACK was lost, and those of other branches of a fork, which are
/// acknowledged and ended (RFC 3261 section 13.2.2.4). It is the transaction's user until timer M (RFC 6026 section 7.2), mostly after the call is over:
/// so it holds no call.
/// </summary>
internal sealed class LateAnswers(UserAgent agent, SipFlow flow, string callId, string localTag, bool keepsFlow, string target)
{
    private byte[]? taken;
    private SipHeader? authorization;

    /// <summary>The branch that has the call, known by its To, and what its ACK repeats of the INVITE (RFC 3261 section 22.1).</summary>
    public void Take(Dialog dialog, SipHeader? credentials) => (taken, authorization) = (dialog.RemoteAddress, credentials);

    private Dialog NewDialog(SipMessage response) => Dialog.OfClient(response, flow, callId, localTag, response.CSeq, keepsFlow, target);

    public void OnOutcome(ClientTransaction transaction, ClientOutcome outcome, SipMessage? response)
    {
        var dialog = NewDialog(response!); // nothing but a 2xx is passed on any more
        if (taken is not null && response!.HasToTag(SipSyntax.Tag(taken)))
        {
            agent.SendAck(dialog, response.CSeq, authorization);
        }
        else
        {
            End(dialog, response!.CSeq);
        }
    }

    private void End(Dialog fork, uint cseq)
    {
        agent.SendAck(fork, cseq, null);
        agent.RouteDialog(fork, way =>
        {
            if (way is not null)
            {
                var branch = SipRandom.Branch();
                var bye = agent.WriteInDialog(fork, SipMethod.Bye, fork.NextCSeq(), way, branch, null, null, null);
                agent.Transactions.Send(SipMethod.Bye, bye, branch, way, (_, _, _) => { });
            }
        });
    }
}
