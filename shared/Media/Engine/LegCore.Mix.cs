using CallCenter.Media.Recording;
using CallCenter.Media.Rtp;

namespace CallCenter.Media.Engine;

/// <summary>A leg's place in a conference: what it says goes there, what it hears comes from there, instead of a bridge.</summary>
internal sealed unsafe partial class LegCore
{
    private MixParty? _mixed;
    private TapChannel[] _mixTaps = [];
    // The next mixed frame is the first after another source spoke.
    private bool _mixFresh = true;

    public void JoinMix(MixParty party)
    {
        if (_mixed == party || IsClosed)
        {
            return;
        }
        Attend();
        Unbridge();
        (_mixed, _mixFresh) = (party, true);
    }

    /// <summary>Leaves that conference; nothing where the leg has gone to another meanwhile.</summary>
    public void LeaveMix(MixParty party)
    {
        if (_mixed == party)
        {
            _mixed = null;
        }
    }

    /// <summary>Records what the leg hears in its conference.</summary>
    public void AddMixTap(TapChannel tap) => _mixTaps = [.. _mixTaps, tap];

    public void RemoveMixTap(TapChannel tap) => _mixTaps = Array.FindAll(_mixTaps, each => each != tap);

    /// <summary>The conference's frame for this leg; <paramref name="position"/> is its place on the conference's timeline.</summary>
    public void SendMixed(MixParty party, ReadOnlySpan<short> samples, long position, long now)
    {
        if (_mixed != party || _payloads is null)
        {
            return;
        }
        var packet = _thread.Outbox.Own;
        var audio = _payloads.Audio;
        var payload = new Span<byte>(packet + RtpPacket.HeaderSize, SendStream.FrameSamples);
        G711.Encode(_payloads.Law, samples, payload);
        foreach (var tap in _mixTaps)
        {
            // Said this long ago: both channels of a recording stay on one line.
            tap.Insert(_sent.Ssrc, (uint)position, payload, _payloads.Law, now - MixCore.DelaySamples - SendStream.FrameSamples);
        }
        if (!CanSend || IsSpeaking)
        {
            _mixFresh = true;
            return;
        }
        var (sequence, timestamp) = _sent.Next(_mixFresh, now);
        RtpPacket.WriteHeader(
            new Span<byte>(packet, RtpPacket.HeaderSize), _mixFresh, audio.PayloadType, sequence, timestamp, _sent.Ssrc);
        (_mixFresh, _playerFresh) = (false, true);
        Send(packet, SendStream.FrameSamples);
    }
}
