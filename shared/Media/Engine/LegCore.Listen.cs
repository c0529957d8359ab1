using CallCenter.Media.Listening;
using CallCenter.Media.Rtp;

namespace CallCenter.Media.Engine;

/// <summary>What is listened for in a leg's incoming audio: key tones to be kept away, speech, who answered.</summary>
internal sealed partial class LegCore
{
    // After so long without a packet what is missing counts as silence: a sender may leave it out.
    private const int MissingSamples = 100 * 8;

    // An event's repeated ends and a tone's last part come after the key is known.
    private const int ClampTailSamples = 500 * 8;

    private ToneClamp? _clamp;
    private long _clampEnds = long.MaxValue;
    private SpeechMeter? _speech;
    private int _speechUsers;
    private AnswerDetector? _answer;
    private long _answerEnds;
    private short[] _answerFrame = [];
    private int _answerFilled;

    /// <summary>From now on keys, as tones or as telephone-events, reach neither bridge, conference nor recording; or half a second later they do again.</summary>
    public void ClampTones(bool clamped)
    {
        Attend();
        _clamp = clamped ? _clamp ?? new ToneClamp(PressedInBand) : _clamp;
        _clampEnds = clamped ? long.MaxValue : _thread.Now + ClampTailSamples;
    }

    /// <summary>One more, or one less, who asks <see cref="IsTalking"/>.</summary>
    public void MeterSpeech(int users)
    {
        Attend();
        _speechUsers += users;
        _speech = _speechUsers > 0 ? _speech ?? new SpeechMeter() : null;
    }

    public bool IsTalking(long now) => _speech is { } speech && speech.IsSpeaking(now);

    public void DetectAnswer(TimeSpan atMost)
    {
        if (!IsClosed)
        {
            Attend();
            (_answer, _answerEnds) = (new AnswerDetector(), _thread.Now + (long)(atMost.TotalSeconds * Clip.Rate));
            (_answerFrame, _answerFilled) = (new short[AnswerDetector.Frame], 0);
        }
    }

    private bool IsListening => _clamp is not null || _speech is not null || _answer is not null;

    /// <summary>A packet's audio as G.711, before anybody else has it.</summary>
    private void Listen(AudioCodec codec, Span<byte> payload, long now)
    {
        _clamp?.Pass(codec, payload);
        _speech?.Add(codec, payload, now);
        if (_answer is not null)
        {
            HearAnswer(codec, payload);
        }
    }

    private void HearAnswer(AudioCodec codec, ReadOnlySpan<byte> payload)
    {
        foreach (var code in payload)
        {
            _answerFrame[_answerFilled++] = G711.Decode(codec, code);
            if (_answerFilled == _answerFrame.Length)
            {
                _answerFilled = 0;
                Heard(_answer?.Add(_answerFrame));
            }
        }
    }

    private void TickListening(long now)
    {
        if (now >= _clampEnds)
        {
            (_clamp, _clampEnds) = (null, long.MaxValue);
        }
        if (_answer is { } answer && now - _lastPacketAt > MissingSamples)
        {
            _answerFrame.AsSpan().Clear();
            _answerFilled = 0;
            Heard(answer.Add(_answerFrame));
        }
        if (_answer is not null && now >= _answerEnds)
        {
            Heard(_answer.GiveUp());
            _answer = null;
        }
    }

    private void Heard(Answer? answer)
    {
        if (answer is not null)
        {
            _thread.Raise(new AnswerDetected(Handle, _thread.Clock.GetUtcNow(), answer));
            _answer = _answer!.IsOver ? null : _answer;
        }
    }

    /// <summary>Who can send telephone-events sends each key as one; whatever tones go beside it are no second key.</summary>
    private void PressedInBand(char digit)
    {
        if (_payloads?.TelephoneEvent is null)
        {
            _thread.Raise(new DigitReceived(Handle, _thread.Clock.GetUtcNow(), digit, 0) { IsInBand = true });
        }
    }
}
