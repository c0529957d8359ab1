using CallCenter.Simulator.Audio;
using CallCenter.Sip.Calls;

namespace CallCenter.Simulator.People;

/// <summary>A SIP call and its audio, as tasks to wait for.</summary>
internal sealed class PhoneTalk(RtpLine line) : IDisposable
{
    private readonly TaskCompletionSource _answered = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private TaskCompletionSource _voice = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource<CallEnded> _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public RtpLine Line { get; } = line;

    /// <summary>Completes when it is answered (caller: 200; agent: ACK).</summary>
    public Task Answered => _answered.Task;

    /// <summary>Completes when the other party's voice is heard.</summary>
    public Task VoiceHeard => _voice.Task;

    /// <summary>Completes when it is over, from any side.</summary>
    public Task<CallEnded> Ended => _ended.Task;

    public bool IsOver => _ended.Task.IsCompleted;

    /// <summary>The awaited voice, or that of another pilot, is listened for from now on.</summary>
    public void Listen(double? pilot = null)
    {
        var heard = _voice = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        Line.AwaitVoice(() => heard.TrySetResult(), pilot);
    }

    /// <summary>Takes the call's events.</summary>
    public void On(SipCallEvent happened)
    {
        switch (happened)
        {
            case CallAnswered answered:
                if (answered.Sdp is { } sdp && !IsOver)
                {
                    Line.Connect(sdp);
                }
                _answered.TrySetResult();
                break;
            case CallAcknowledged:
                _answered.TrySetResult();
                break;
            case CallOffer offer:
                offer.Reject(488); // nobody in a call with the system offers anything: a phone keeps its session
                break;
            case CallEnded ended:
                End(ended);
                break;
        }
    }

    /// <summary>Ends it without the peer, as when its process is gone.</summary>
    public void End(CallEnded ended)
    {
        Line.Dispose();
        _ended.TrySetResult(ended);
    }

    /// <summary>Waits for one of the tasks, the call's end or the time; true when the call is still there.</summary>
    public async Task<bool> Stays(TimeSpan atMost, TimeProvider clock, params Task[] until)
    {
        using var enough = new CancellationTokenSource();
        await Task.WhenAny([Ended, Task.Delay(atMost, clock, enough.Token), .. until]);
        await enough.CancelAsync();
        return !IsOver;
    }

    public void Dispose() => Line.Dispose();
}
