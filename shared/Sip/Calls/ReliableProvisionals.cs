using CallCenter.Sip.Messages;

namespace CallCenter.Sip.Calls;

/// <summary>
/// Provisional responses that are repeated until their PRACK (RFC 3262 section 3): one at a time, in order, given up after 64*T1.
/// </summary>
internal sealed class ReliableProvisionals
{
    /// <summary>Responses that wait for the PRACK of the one before; more are not sent.</summary>
    public const int WaitingMax = 16;

    private readonly UserAgent agent;
    private readonly Action<int, ReadOnlyMemory<byte>> send;
    private readonly Action givenUp;
    private readonly CallDelay timer;
    private readonly Queue<(int Code, string? Sdp)> waiting = new();
    private readonly Func<int, string?, uint, ReadOnlyMemory<byte>> write;
    private (int Code, string? Sdp, byte[] Bytes) open;
    private uint rseq;
    private int interval;
    private long deadline;

    /// <param name="agent">Whose clock and timers are used.</param>
    /// <param name="write">Writes a response with its code, session description and RSeq.</param>
    /// <param name="send">Sends one.</param>
    /// <param name="givenUp">No PRACK came within 64*T1.</param>
    public ReliableProvisionals(UserAgent agent, Func<int, string?, uint, ReadOnlyMemory<byte>> write, Action<int, ReadOnlyMemory<byte>> send, Action givenUp)
    {
        (this.agent, this.write, this.send, this.givenUp) = (agent, write, send, givenUp);
        timer = new CallDelay(OnTimer);

        // RFC 3262 section 3: chosen at random between 1 and 2^31 - 1, with room to count on.
        rseq = (uint)System.Security.Cryptography.RandomNumberGenerator.GetInt32(1, int.MaxValue / 2);
    }

    /// <summary>True while one awaits its PRACK.</summary>
    public bool IsOpen { get; private set; }

    /// <summary>True while a session description awaits its PRACK: the 2xx must wait (RFC 3262 section 3).</summary>
    public bool HoldsAnswer => IsOpen && (open.Sdp is not null || waiting.Any(w => w.Sdp is not null));

    public void Send(int code, string? sdp)
    {
        if (IsOpen)
        {
            if (waiting.Count < WaitingMax)
            {
                waiting.Enqueue((code, sdp));
            }

            return;
        }

        IsOpen = true;
        open = (code, sdp, write(code, sdp, ++rseq).ToArray());
        interval = agent.Timers.T1;
        deadline = agent.Now + agent.Timers.Timeout;
        send(code, open.Bytes);
        agent.Schedule(timer, agent.Now + interval);
    }

    /// <summary>Takes a PRACK: the response it acknowledges, or null when it acknowledges none that is open (481).</summary>
    public (int Code, string? Sdp)? Take(SipMessage prack, uint inviteCSeq)
    {
        var parts = prack.Get(HeaderId.RAck)?.Split([' ', '\t'], StringSplitOptions.RemoveEmptyEntries);
        if (!IsOpen || parts is not [var number, var cseq, "INVITE"] || !uint.TryParse(number, out var acknowledged) || acknowledged != rseq
            || !uint.TryParse(cseq, out var of) || of != inviteCSeq)
        {
            return null;
        }

        var taken = (open.Code, open.Sdp);
        IsOpen = false;
        agent.Schedule(timer, long.MaxValue);
        return taken;
    }

    /// <summary>Sends the next that waits.</summary>
    public void Continue()
    {
        if (!IsOpen && waiting.TryDequeue(out var next))
        {
            Send(next.Code, next.Sdp);
        }
    }

    /// <summary>The final response has been sent: nothing is repeated any more.</summary>
    public void Stop()
    {
        IsOpen = false;
        waiting.Clear();
        agent.Schedule(timer, long.MaxValue);
    }

    private void OnTimer(long now)
    {
        if (now >= deadline)
        {
            Stop();
            givenUp();
            return;
        }

        send(open.Code, open.Bytes);
        interval *= 2;
        agent.Schedule(timer, Math.Min(now + interval, deadline));
    }
}
