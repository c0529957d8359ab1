namespace CallCenter.Contracts.Telephony;

/// <summary>A SIP message of a call as it passed the gateway. Passwords' digests, tokens, keys and digits in it are masked.</summary>
/// <param name="At">When it passed the socket.</param>
/// <param name="Sent">The gateway sent it.</param>
/// <param name="Party">Whose dialog it is of.</param>
/// <param name="Leg">The leg it is of.</param>
/// <param name="Transport">"Udp", "Tcp", …</param>
/// <param name="Local">The gateway's address and port.</param>
/// <param name="Remote">The peer's.</param>
/// <param name="Text">The message, cut at its greatest length.</param>
public sealed record SipMessageSeen(DateTimeOffset At, bool Sent, LegRole Party, Guid? Leg, string Transport, string Local, string Remote, string Text);

/// <summary>SIP messages of a contact since the last such event. The stream is the ladder's own id.</summary>
/// <param name="Contact">The contact they are of.</param>
/// <param name="Dropped">Messages beyond the bounds so far: not kept.</param>
public sealed record SipMessagesSeen(Guid Contact, IReadOnlyList<SipMessageSeen> Messages, int Dropped) : TraceEvent;
