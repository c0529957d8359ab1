using System.Net;
using CallCenter.Media.Engine;
using CallCenter.Media.Ice;
using CallCenter.Media.Net;
using CallCenter.Media.Rtp;

namespace CallCenter.Media;

/// <summary>
/// One party's media: an RTP and an RTCP port, or one for all with <see cref="MediaSecurity.Dtls"/>. Opened by <see cref="MediaEngine.TryOpenLeg"/>.
/// Every method may be called from any thread. Commands take effect in the order of the calls; the returned task
/// completes when the command was carried out and faults only when the media thread is overloaded. After
/// <see cref="Close"/> commands do nothing.
/// </summary>
public sealed class MediaLeg
{
    /// <summary>Digits in one order.</summary>
    public const int DigitsMax = 64;

    private volatile int _sendCodec;
    private volatile MediaThread _thread;
    private volatile LocalSecurity? _localSecurity;

    internal MediaLeg(MediaEngine engine, MediaThread thread, PortPair ports, LegOptions options, long id)
    {
        Engine = engine;
        _thread = thread;
        Id = id;
        Name = options.Name;
        Tag = options.Tag;
        OnEvent = options.OnEvent;
        Security = options.Security;
        IceCredentials = Security == MediaSecurity.Dtls ? new IceCredentials() : null;
        _localSecurity = Security switch
        {
            MediaSecurity.Dtls => DtlsDescription(IceCredentials!),
            MediaSecurity.Sdes => new LocalSecurity { Crypto = [.. SrtpProfiles.Preferred.Select((profile, place) => SdesCrypto.Create(place + 1, profile))] },
            _ => null,
        };
        LocalRtp = ports.Rtp.Local.ToEndPoint();
        LocalRtcp = ports.Rtcp.Local.ToEndPoint();
        Core = new LegCore(this, ports, thread);
    }

    /// <summary>Unique in its engine.</summary>
    public long Id { get; }
    public string Name { get; }

    /// <summary>The owner's object of <see cref="LegOptions.Tag"/>.</summary>
    public object? Tag { get; }

    /// <summary>The address that is bound; its port goes into the SDP.</summary>
    public IPEndPoint LocalRtp { get; }
    public IPEndPoint LocalRtcp { get; }

    public MediaSecurity Security { get; }

    /// <summary>Our side's part of the SDP; null for <see cref="MediaSecurity.None"/>. Changed by <see cref="RestartIce"/> only.</summary>
    public LocalSecurity? LocalSecurity => _localSecurity;

    /// <summary>The first ones of a DTLS leg.</summary>
    internal IceCredentials? IceCredentials { get; }

    internal MediaEngine Engine { get; }

    /// <summary>Where it lives now; <see cref="MediaThread.HandOver"/> sets it.</summary>
    internal MediaThread Thread
    {
        get => _thread;
        set => _thread = value;
    }

    internal LegCore Core { get; }
    internal Action<MediaEvent>? OnEvent { get; }

    /// <summary>The G.711 law of the last <see cref="SetRemote"/>, in which the leg's audio is played and recorded; A-law before it and where the leg's codec is another.</summary>
    public AudioCodec SendCodec => (AudioCodec)_sendCodec;

    /// <summary>Says where the remote is and what was negotiated: arms the latch, or changes a running leg (re-INVITE).</summary>
    public Task SetRemote(RemoteMedia remote)
    {
        remote.Validate(Security, LocalRtp.AddressFamily);
        _sendCodec = (int)PayloadMap.LawOf(remote.Formats[0].Codec);
        return Post(() => Core.SetRemote(remote));
    }

    /// <summary>
    /// Takes new ICE credentials and returns what goes into the next SDP of ours: the answer to an offer with a new
    /// ice-ufrag, or an offer that restarts ICE (RFC 8839, section 4.4). DTLS and SRTP go on. Until the remote's first check
    /// with the new ones the old ones count. Throws for a leg without DTLS.
    /// </summary>
    public LocalSecurity RestartIce()
    {
        if (Security != MediaSecurity.Dtls)
        {
            throw new InvalidOperationException($"{this} has no ICE: open it with {nameof(MediaSecurity)}.{nameof(MediaSecurity.Dtls)}.");
        }
        var credentials = new IceCredentials();
        var description = DtlsDescription(credentials);
        _localSecurity = description;
        _ = Post(() => Core.RestartIce(credentials));
        return description;
    }

    private LocalSecurity DtlsDescription(IceCredentials credentials) => new()
    {
        IceUfrag = credentials.Fragment,
        IcePassword = credentials.Password,
        Fingerprint = Engine.Dtls!.Fingerprint,
    };

    /// <summary>Plays one clip; see <see cref="Play(IReadOnlyList{Clip}, PlayMode, TimeSpan)"/>.</summary>
    public Playback Play(Clip clip, PlayMode mode = PlayMode.Once) => Play([clip], mode);

    /// <summary>
    /// Plays clips one after the other without a gap. What the bridged leg sends is not heard meanwhile. Begins when the leg
    /// is armed; while the direction forbids to send, time passes silently.
    /// </summary>
    /// <param name="from">How much of the clips to leave out at first: music that was interrupted goes on there. Past their end it counts on from their beginning.</param>
    public Playback Play(IReadOnlyList<Clip> clips, PlayMode mode = PlayMode.Once, TimeSpan from = default)
    {
        var playback = new Playback(this, [.. clips], mode, from);
        foreach (var clip in playback.Clips)
        {
            // Encode here, once per clip and codec, not on the media thread.
            _ = clip.Encoded(SendCodec);
        }
        Forward(Post(() => Core.Play(playback)), playback);
        return playback;
    }

    // A playback that never reached the media thread has played nothing.
    private void Forward(Task posted, Playback playback)
    {
        if (posted.IsFaulted || Thread.Exited)
        {
            playback.Complete(PlaybackOutcome.Stopped);
        }
    }

    /// <summary>Stops what plays and what waits.</summary>
    public Task StopPlaying() => Post(Core.StopPlaying);

    internal Task StopPlayback(Playback playback) => Post(() => Core.StopPlayback(playback));

    /// <summary>Relays both ways between this leg and another of the same media thread, instead of earlier bridges of both.</summary>
    public Task Bridge(MediaLeg other)
    {
        if (other.Thread != Thread || other == this)
        {
            throw new ArgumentException($"{this} cannot be bridged with {other}: open the second leg Near the first.");
        }
        return Post(() => Core.Bridge(other.Core));
    }

    /// <summary>
    /// Moves the leg to another one's media thread, so that they can be bridged; it leaves its bridge, conference and recordings. Ports, keys, what plays and every
    /// counter go along: no packet is lost or comes twice, since what arrives meanwhile waits in the socket. Await it before the leg is joined with others there; a
    /// command that meets the move is carried out after it. End what <see cref="SpeechWatch"/> counts of it first. Where the leg's keys are still being agreed or
    /// the other thread has no room it faults, and the leg stays where it is.
    /// </summary>
    public Task MoveTo(MediaLeg near)
    {
        if (near.Engine != Engine)
        {
            throw new ArgumentException($"{near} belongs to another engine.");
        }
        var moved = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var posted = Post(() => Thread.HandOver(Core, near.Thread, moved));
        if (posted.IsFaulted || Thread.Exited)
        {
            return posted;
        }
        return moved.Task;
    }

    private Task Post(Action command) => Thread.Post(Core, command);

    /// <summary>Leaves its bridge, its conference and every recording, all at once; what plays goes on.</summary>
    public Task Leave() => Post(Core.LeaveAll);

    /// <summary>Sends the remote what it sends, instead of an earlier bridge, until <see cref="Unbridge"/>: it hears itself, by the whole way.</summary>
    public Task Echo() => Post(Core.Echo);

    /// <summary>Ends the bridge; both legs stay. Ends an echo.</summary>
    public Task Unbridge() => Post(Core.Unbridge);

    /// <summary>Sends keys as telephone-events; the leg's other audio pauses meanwhile. Completes when all were sent.</summary>
    /// <param name="digits">1 to 64 of 0-9 * # A-D.</param>
    /// <param name="duration">Of each key, 40 ms to 8 s. Default 100 ms.</param>
    /// <param name="pause">After each key, 40 ms to 8 s. Default 60 ms.</param>
    public Task<SendDigitsResult> SendDigits(string digits, TimeSpan? duration = null, TimeSpan? pause = null)
    {
        if (digits.Length is < 1 or > DigitsMax || digits.Any(digit => TelephoneEvent.EventOf(digit) < 0))
        {
            throw new ArgumentException($"Not 1 to {DigitsMax} of 0-9 * # A-D.", nameof(digits));
        }
        var (hold, rest) = (duration ?? TimeSpan.FromMilliseconds(100), pause ?? TimeSpan.FromMilliseconds(60));
        ThrowIfNotKeyTime(hold);
        ThrowIfNotKeyTime(rest);
        var done = new TaskCompletionSource<SendDigitsResult>(TaskCreationOptions.RunContinuationsAsynchronously);
        var posted = Post(() => Core.SendDigits(digits, hold, rest, done));
        if (posted.IsFaulted)
        {
            done.TrySetException(posted.Exception!.InnerException!);
        }
        else if (Thread.Exited)
        {
            done.TrySetResult(SendDigitsResult.Stopped);
        }
        return done.Task;
    }

    private static void ThrowIfNotKeyTime(TimeSpan time)
    {
        if (time.TotalMilliseconds is < 40 or > 8000)
        {
            throw new ArgumentException($"{time.TotalMilliseconds} ms is not within 40 to 8000 ms.");
        }
    }

    /// <summary>
    /// Secure digits: from now on the keys that the remote presses reach nobody who is bridged, mixed or recorded with this leg, neither as telephone-events nor as
    /// tones; its other audio passes 40 ms late. They are events as ever, also tones where the remote has no telephone-events. False ends it, half a second later.
    /// </summary>
    public Task ClampTones(bool clamped) => Post(() => Core.ClampTones(clamped));

    /// <summary>
    /// Listens who or what answered, at most so long: <see cref="AnswerDetected"/>. Begin when the remote answers; what it says before counts as its greeting.
    /// </summary>
    /// <param name="atMost">1 s to 2 min; a machine's beep is waited for until then. Default 30 s.</param>
    public Task DetectAnswer(TimeSpan? atMost = null)
    {
        var limit = atMost ?? TimeSpan.FromSeconds(30);
        if (limit.TotalSeconds is < 1 or > 120)
        {
            throw new ArgumentException($"{limit.TotalSeconds} s is not within 1 to 120 s.", nameof(atMost));
        }
        return Post(() => Core.DetectAnswer(limit));
    }

    /// <summary>Figures as of now; all zero after the engine has stopped.</summary>
    public async Task<LegStatistics> GetStatistics()
    {
        LegStatistics? statistics = null;
        await Post(() => statistics = Core.Statistics()).ConfigureAwait(false);
        return statistics ?? Core.Statistics();
    }

    /// <summary>Sends RTCP BYE, ends what plays, lets the ports cool down. Idempotent.</summary>
    public Task Close() => Post(Core.Close);

    public override string ToString() => $"{Name} (leg {Id}, port {LocalRtp.Port})";
}
