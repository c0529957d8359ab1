using CallCenter.Contracts.Telephony;

namespace CallCenter.Telephony.Edge;

/// <summary>The call of a standing leg: one that an agent's page placed (<see cref="BrowserCall"/>), or one of ours to the agent's phone (<see cref="PhoneLine"/>).</summary>
internal interface IStandingCall
{
    /// <summary>Its audio; of a phone once it was answered.</summary>
    LegMedia Media { get; }

    /// <summary>A caller was joined to it, or left it.</summary>
    void Tell(string news);

    void SendKey(char digit, int durationMs);

    /// <summary>The contact that its phone asked to hand on has left it; <paramref name="done"/>: as asked.</summary>
    void Transferred(bool done);

    /// <summary>Ends it; its owner hears of that once.</summary>
    void End(LegEnd end);
}
