using System.Collections.Concurrent;
using CallCenter.Sip;
using CallCenter.Sip.Messages;

namespace CallCenter.Simulator.Wire;

/// <summary>Looks over the endpoint's shoulder: every message as it passed the socket, whatever the phones believe.</summary>
internal sealed class SipWire
{
    private readonly ConcurrentDictionary<string, CallWire> _calls = new();

    /// <summary>The call's times; empty until its first message.</summary>
    public CallWire Of(string callId) => _calls.GetOrAdd(callId, _ => new CallWire());

    /// <summary>Forgets a call that is over; later repetitions of its messages begin an entry that nobody reads.</summary>
    public void Forget(string callId) => _calls.TryRemove(callId, out _);

    /// <summary>The endpoint's trace.</summary>
    public void See(in SipTraceRecord record)
    {
        if (SipParser.Parse(record.Bytes.ToArray(), out _) is not { Fault: null } message || message.CSeqMethod is SipMethod.Register or SipMethod.Options)
        {
            return;
        }
        var wire = Of(message.CallId);
        if (message.IsRequest)
        {
            OnRequest(wire, message, record);
        }
        else if (message.CSeqMethod == SipMethod.Invite)
        {
            OnInviteResponse(wire, message.StatusCode, record);
        }
        else if (!record.Sent && message.CSeqMethod is SipMethod.Bye or SipMethod.Cancel)
        {
            wire.EndTakenAt ??= record.At;
        }
    }

    private static void OnRequest(CallWire wire, SipMessage request, in SipTraceRecord record)
    {
        switch (request.Method)
        {
            case SipMethod.Invite when wire.AnsweredAt is null:
                wire.InvitedAt ??= record.At;
                wire.LastInvite = record.Sent ? request.CSeq : 0; // each side numbers its own requests
                break;
            case SipMethod.Invite when record.Sent && request.CSeq > wire.LastInvite:
                wire.Reinvited.Add(record.At);
                wire.LastInvite = request.CSeq;
                break;
            case SipMethod.Ack when wire.AnsweredAt is not null:
                wire.AcknowledgedAt ??= record.At;
                break;
            case SipMethod.Bye or SipMethod.Cancel:
                wire.End(record.At, record.Sent, 0);
                break;
        }
    }

    private static void OnInviteResponse(CallWire wire, int code, in SipTraceRecord record)
    {
        if (code is > 100 and < 200)
        {
            wire.RangAt ??= record.At;
        }
        else if (code is >= 200 and < 300)
        {
            wire.Answer(record.At);
        }
        else if (code >= 300 && code is not (401 or 407) && wire.AnsweredAt is null)
        {
            wire.End(record.At, record.Sent, code);
        }
    }
}
