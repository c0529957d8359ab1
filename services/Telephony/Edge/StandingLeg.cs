using CallCenter.Contracts.Telephony;
using CallCenter.Media;
using CallCenter.Telephony.Anchor;
using CallCenter.Telephony.Configuration;

namespace CallCenter.Telephony.Edge;

/// <summary>An agent's leg that stays up: free, or taken by one call at a time. From any thread.</summary>
internal sealed class StandingLeg
{
    /// <summary>Content type of what the page is told by INFO: <c>joined</c>, <c>left</c>.</summary>
    public const string ContentType = "application/vnd.callcenter.standing-leg";

    private readonly Lock gate = new();
    private readonly Action<StandingLeg> freed, over;
    private readonly TaskCompletionSource up = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private JoinedLeg? holder;
    private bool isOver;

    // Its phone holds it: who were joined would not hear it.
    private bool isHeld;

    /// <summary>A page's: it is up when its media is secured.</summary>
    public StandingLeg(BrowserCall call, string page, Action<StandingLeg> freed, Action<StandingLeg> over)
    {
        (Call, Device, this.freed, this.over) = (call, page, freed, over);
        call.Heard = Heard;
        call.Pressed = digit => Holder?.Pressed(digit);
        call.Held = Held;
        call.Ended = end => Ended(end, null);
    }

    /// <summary>A phone's: it is up when it is answered.</summary>
    public StandingLeg(PhoneLine line, Action<StandingLeg> freed, Action<StandingLeg> over)
    {
        (Call, IsPhone, this.freed, this.over) = (line, true, freed, over);
    }

    public IStandingCall Call { get; }

    /// <summary>The Contact of the page that called, or of the phone that answered; null before.</summary>
    public string? Device { get; private set; }

    /// <summary>A phone that we called; a caller may be joined while it still rings.</summary>
    public bool IsPhone { get; }

    /// <summary>A call is joined to it.</summary>
    public bool IsTaken => Holder is not null;

    /// <summary>Completed when its media is up; never when it ends before.</summary>
    public Task Up => up.Task;

    /// <summary>How it ended, and why its phone did not answer; null while it is there.</summary>
    public (LegEnd End, LegFailed? Refusal)? End { get; private set; }

    /// <summary>Its media is up.</summary>
    public bool IsReady
    {
        get
        {
            lock (gate)
            {
                return up.Task.IsCompleted && !isOver;
            }
        }
    }

    private JoinedLeg? Holder
    {
        get
        {
            lock (gate)
            {
                return holder;
            }
        }
    }

    /// <summary>True: it is the call's until <see cref="Free"/>, and the page knows it. False when its media is not up yet, another call has it, its phone holds it, or it is over.</summary>
    public bool TryTake(JoinedLeg joined)
    {
        lock (gate)
        {
            if (holder is not null || isOver || isHeld || !(IsPhone || up.Task.IsCompleted))
            {
                return false;
            }
            holder = joined;
        }
        Call.Tell("joined");
        return true;
    }

    /// <summary>The call needs it no more: it stays up, silent.</summary>
    public void Free(JoinedLeg joined, bool transferred)
    {
        lock (gate)
        {
            if (holder != joined)
            {
                return;
            }
            if (up.Task.IsCompleted)
            {
                Call.Media.Leg.Leave();
                Call.Media.Leg.Play(HoldTune.Silence, PlayMode.Loop);
            }
            holder = null;
        }
        Call.Transferred(transferred);
        Call.Tell("left");
        freed(this);
    }

    /// <summary>What the phone's call reports.</summary>
    public void Take(CallInput input)
    {
        switch (input)
        {
            case LegTaken:
                Device = ((PhoneLine)Call).Contact;
                BeUp();
                break;
            case LegFailed refused:
                Ended(LegEnd.Lost, refused);
                break;
            case LegGone gone:
                Ended(gone.End, null);
                break;
            case LegPressed key:
                Holder?.Pressed(key.Digit);
                break;
            case LegHeld or LegRetrieved:
                Held(input is LegHeld);
                break;
            case LegRefers or AnswerHeard:
                Holder?.Reports(input);
                break;
        }
    }

    private void Heard(MediaEvent e)
    {
        if (e is MediaSecured)
        {
            BeUp();
        }
        Holder?.Heard(e);
    }

    // Silence in packets: the device sees that its way is alive, and nothing on it forgets the address.
    private void BeUp()
    {
        lock (gate)
        {
            if (!isOver)
            {
                Call.Media.Leg.Play(HoldTune.Silence, PlayMode.Loop);
                up.TrySetResult();
            }
        }
    }

    private void Held(bool held)
    {
        JoinedLeg? now;
        lock (gate)
        {
            (isHeld, now) = (held, holder);
        }
        now?.Held(held);
    }

    private void Ended(LegEnd end, LegFailed? refusal)
    {
        JoinedLeg? last;
        lock (gate)
        {
            if (isOver)
            {
                return;
            }
            (last, holder, isOver) = (holder, null, true);
            End = (end, refusal);
        }
        over(this);
        last?.Gone(end, refusal);
    }
}
