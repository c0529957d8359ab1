using CallCenter.Simulator.Audio;
using CallCenter.Simulator.People;
using CallCenter.Simulator.Wire;
using CallCenter.Sip.Calls;

namespace CallCenter.Benchmarks.Call;

/// <summary>An agent's phone that answers at once and never hangs up. It tells how long the agent was idle before each call.</summary>
internal sealed class AutoPhone(Switchboard board, Voice voice, TimeProvider clock)
{
    private readonly List<double> _idleToAudioMs = [];
    private readonly Lock _gate = new();
    private DateTimeOffset? _freeAt;
    private uint _ssrc;

    /// <summary>From the end of the agent's call before (wrap-up 0 s) until the agent hears the next caller, ms.</summary>
    public IReadOnlyList<double> IdleToAudioMs
    {
        get
        {
            lock (_gate)
            {
                return [.. _idleToAudioMs];
            }
        }
    }

    /// <summary>Counts anew, from the end of the next call on.</summary>
    public void Clear()
    {
        lock (_gate)
        {
            _freeAt = null;
            _idleToAudioMs.Clear();
        }
    }

    public Task Register(string user, string password) => board.Register(user, password, Rings);

    private void Rings(UasCall incoming)
    {
        var talk = new PhoneTalk(new RtpLine(voice, Voice.CallerPilot, ++_ssrc, clock));
        var free = _freeAt;
        incoming.OnEvent = e =>
        {
            talk.On(e);
            if (e is CallEnded)
            {
                _freeAt = clock.GetUtcNow();
                board.Wire.Forget(incoming.CallId);
            }
        };
        talk.Line.AwaitVoice(() => Heard(free));
        board.Pump.Add(talk.Line);
        incoming.Answer(talk.Line.Sdp(board.Address));
        if (incoming.Offer is { } sdp)
        {
            talk.Line.Connect(sdp);
        }
    }

    private void Heard(DateTimeOffset? free)
    {
        lock (_gate)
        {
            if (free is { } since)
            {
                _idleToAudioMs.Add((clock.GetUtcNow() - since).TotalMilliseconds);
            }
        }
    }
}
