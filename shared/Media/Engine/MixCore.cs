using CallCenter.Media.Recording;
using CallCenter.Media.Rtp;

namespace CallCenter.Media.Engine;

/// <summary>A party as it is to be: bit n of <paramref name="HeardBy"/> is the party at place n.</summary>
internal readonly record struct MixPlace(LegCore Leg, bool Hears, uint HeardBy);

/// <summary>A party of a conference: what it says waits here until its frame is mixed.</summary>
internal sealed class MixParty(MixCore mix, LegCore leg, long position)
{
    public MixCore Mix { get; } = mix;
    public LegCore Leg { get; } = leg;
    public bool Hears { get; set; }
    public uint HeardBy { get; set; }

    /// <summary>On the conference's timeline: jitter and drift are absorbed as they are for a recording.</summary>
    public AlignmentBuffer Said { get; } = new(leg.Handle.SendCodec, position);

    /// <summary>The frame that is being mixed.</summary>
    public short[] Frame { get; } = new short[SendStream.FrameSamples];

    public void Insert(in RtpPacket packet, ReadOnlySpan<byte> payload, AudioCodec codec, long now) =>
        Said.Insert(packet.Ssrc, packet.Timestamp, payload, codec, Mix.PositionAt(now));
}

/// <summary>
/// The media thread's half of a <see cref="Conference"/>: each 20 ms the parties' frames are decoded, summed for each listener
/// with saturation, encoded and sent. Nothing is allocated per frame.
/// </summary>
internal sealed class MixCore(MediaThread thread)
{
    /// <summary>How late a packet may come and surely be heard: 40 ms. What is mixed is this and a frame old.</summary>
    public const int DelaySamples = 40 * 8;

    // After a longer stall the missed frames are left out instead of sent in a burst.
    private const int CatchUpFramesMax = 10;

    private readonly List<MixParty> _parties = new(Conference.PartiesMax);
    private readonly List<MixParty> _next = new(Conference.PartiesMax);
    private long _start;
    private long _position;

    /// <summary>The timeline's position of a moment of the media clock, which counts samples too.</summary>
    public long PositionAt(long now) => now - _start;

    /// <summary>Changes who takes part; see <see cref="Conference.Set"/>.</summary>
    public void Arrange(MixPlace[] places)
    {
        if (_parties.Count == 0)
        {
            (_start, _position) = (thread.Now, 0);
        }
        // A closed leg keeps its place here, so that the others' bits stay right, and is never heard or sent to.
        foreach (var place in places)
        {
            var party = _parties.Find(each => each.Leg == place.Leg) ?? new MixParty(this, place.Leg, _position);
            (party.Hears, party.HeardBy) = (place.Hears, place.HeardBy);
            _next.Add(party);
        }
        foreach (var party in _parties)
        {
            if (!_next.Contains(party))
            {
                party.Leg.LeaveMix(party);
            }
        }
        _parties.Clear();
        _parties.AddRange(_next);
        _next.Clear();
        foreach (var party in _parties)
        {
            party.Leg.JoinMix(party);
        }
        thread.Mixes.Remove(this);
        if (_parties.Count > 0)
        {
            thread.Mixes.Add(this);
        }
    }

    /// <summary>Mixes every frame whose delay has passed.</summary>
    public void Tick(long now)
    {
        var due = (PositionAt(now) - DelaySamples - _position) / SendStream.FrameSamples;
        for (; due > 0; due--)
        {
            ReadFrames();
            if (due <= CatchUpFramesMax)
            {
                SendFrames(now);
            }
        }
    }

    private void ReadFrames()
    {
        Span<byte> codes = stackalloc byte[SendStream.FrameSamples];
        foreach (var party in _parties)
        {
            party.Said.Read(codes);
            G711.Decode(party.Said.Codec, codes, party.Frame);
        }
        _position += SendStream.FrameSamples;
    }

    private void SendFrames(long now)
    {
        Span<int> sum = stackalloc int[SendStream.FrameSamples];
        Span<short> frame = stackalloc short[SendStream.FrameSamples];
        for (var listener = 0; listener < _parties.Count; listener++)
        {
            if (!_parties[listener].Hears)
            {
                continue;
            }
            sum.Clear();
            foreach (var speaker in _parties)
            {
                if ((speaker.HeardBy & (1u << listener)) != 0)
                {
                    Add(sum, speaker.Frame);
                }
            }
            Saturate(sum, frame);
            _parties[listener].Leg.SendMixed(_parties[listener], frame, _position, now);
        }
    }

    private static void Add(Span<int> sum, ReadOnlySpan<short> frame)
    {
        for (var i = 0; i < sum.Length; i++)
        {
            sum[i] += frame[i];
        }
    }

    private static void Saturate(ReadOnlySpan<int> sum, Span<short> frame)
    {
        for (var i = 0; i < frame.Length; i++)
        {
            frame[i] = (short)Math.Clamp(sum[i], short.MinValue, short.MaxValue);
        }
    }
}
