using System.Net;
using CallCenter.Sip.Calls;

namespace CallCenter.TestKit.Phones;

/// <summary>One call of a test phone or a test caller: its audio, and when it rang, was answered and ended.</summary>
public sealed class PhoneCall : IAsyncDisposable
{
    private readonly TaskCompletionSource _answered = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource<CallEnded> _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly System.Collections.Concurrent.ConcurrentQueue<CallReferred> _referred = new();
    private SipCall? _call;

    internal PhoneCall(double hertz, TimeSpan speaksAfter = default, IPAddress? address = null) => Audio = new PhoneAudio(hertz, address) { SpeaksAfter = speaksAfter };

    public PhoneAudio Audio { get; }

    /// <summary>Completes when the call is answered; faults when it ends before.</summary>
    public Task Answered => _answered.Task;

    /// <summary>Completes with the cause and the SIP code.</summary>
    public Task<CallEnded> Ended => _ended.Task;

    /// <summary>The called side's view of the INVITE; null for a caller.</summary>
    public UasCall? Incoming => _call as UasCall;

    /// <summary>Waits for the answer.</summary>
    public async Task<PhoneCall> WhenAnswered(TimeSpan within)
    {
        await Answered.WaitAsync(within);
        return this;
    }

    /// <summary>Waits for the end: its cause and the SIP code.</summary>
    public Task<CallEnded> WhenEnded(TimeSpan within) => Ended.WaitAsync(within);

    /// <summary>Answers an incoming call.</summary>
    public void Accept()
    {
        var call = (UasCall)_call!;
        call.Answer(Audio.Sdp);
        if (call.Offer is { } offer)
        {
            Audio.Connect(offer);
        }
    }

    /// <summary>Refuses an incoming call.</summary>
    public void Reject(int code) => ((UasCall)_call!).Reject(code);

    /// <summary>Leaves: BYE, or CANCEL before the answer; the call itself decides, for an answer may come meanwhile.</summary>
    public void HangUp() => _call!.Bye();

    /// <summary>Presses a key that goes by SIP INFO.</summary>
    public void PressByInfo(char digit) => _call!.SendDtmf(digit);

    /// <summary>Puts the other side on hold, or takes it back (RFC 3264 section 8.4).</summary>
    public void Hold(bool held) => _call!.Reinvite(held ? Audio.Sdp.Replace("a=sendrecv", "a=sendonly", StringComparison.Ordinal) : Audio.Sdp);

    /// <summary>Asks the other side to hand the call on to that user there: REFER.</summary>
    public void Transfer(string user) => _call!.Refer($"sip:{Uri.EscapeDataString(user).Replace("%2B", "+", StringComparison.Ordinal)}@127.0.0.1");

    /// <summary>How the transfers went that were asked for, message by message.</summary>
    public IReadOnlyCollection<CallReferred> Referred => _referred;

    internal void Bind(SipCall call) => _call = call;

    internal void On(SipCallEvent happened)
    {
        switch (happened)
        {
            case CallAnswered answered:
                if (answered.Sdp is { } answer)
                {
                    Audio.Connect(answer);
                }
                _answered.TrySetResult();
                break;
            case CallAcknowledged:
                _answered.TrySetResult();
                break;
            case CallReferred referred:
                _referred.Enqueue(referred);
                break;
            case CallOffer offer:
                offer.Accept(Audio.Sdp);
                break;
            case CallEnded ended:
                _answered.TrySetException(new InvalidOperationException($"the call ended before it was answered: {ended.Cause} {ended.Code} {ended.Reason}"));
                _ = _answered.Task.Exception; // seen: a caller that only wants Ended need not look
                Audio.Quit();
                _ended.TrySetResult(ended);
                break;
        }
    }

    /// <summary>Hangs up when the call is still there.</summary>
    public async ValueTask DisposeAsync()
    {
        if (!_ended.Task.IsCompleted)
        {
            HangUp();
        }
        await Audio.DisposeAsync();
    }
}
