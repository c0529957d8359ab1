namespace CallCenter.Media.Listening;

/// <summary>
/// Keeps key tones out of a leg's audio: the audio passes 40 ms late, and where it holds a key's tones it is silence, from before their
/// beginning. Speech passes; a syllable that looks like a key for two looks is lost with it, which harms less than a digit that is heard.
/// </summary>
/// <param name="pressed">Told once for each key whose tones lasted 40 ms (ITU-T Q.24), when they end.</param>
internal sealed class ToneClamp(Action<char> pressed)
{
    /// <summary>How late the audio passes, in samples.</summary>
    public const int Delay = 320;

    // Two looks alike are a key; the tones may have begun a look before the first of them.
    private const int LooksMin = 2;
    private const int Reach = KeyTones.Window + (LooksMin * KeyTones.Step);
    // Tones that break off for less are one.
    private const int Hang = 240;
    // 40 ms of tones fill so many looks at least; a pause of so many ends a key.
    private const int LooksOfKey = 5, LooksOfPause = 3;

    private readonly KeyTones _tones = new();
    private readonly short[] _late = new short[Delay];
    private int _at;
    private int _muted;
    private char? _last;
    private int _alike;
    private char? _held;
    private int _looks;
    private int _without;

    /// <summary>Takes and gives a packet's audio, in place.</summary>
    public void Pass(AudioCodec codec, Span<byte> codes)
    {
        foreach (ref var code in codes)
        {
            var sample = G711.Decode(codec, code);
            var late = _late[_at];
            _late[_at] = _muted > 0 ? (short)0 : sample;
            _muted -= _muted > 0 ? 1 : 0;
            _at = (_at + 1) % Delay;
            code = G711.Encode(codec, late);
            if (_tones.Add(sample))
            {
                Judge(_tones.Key);
            }
        }
    }

    private void Judge(char? key)
    {
        _alike = key is null ? 0 : key == _last ? _alike + 1 : 1;
        _last = key;
        if (_alike >= LooksMin || (key is not null && _muted > 0))
        {
            Mute();
        }
        Follow(key);
    }

    /// <summary>A key is told when it is released: then nothing of it is left to be heard, whatever follows.</summary>
    private void Follow(char? key)
    {
        if (key is not null && key == _held)
        {
            (_looks, _without) = (_looks + 1, 0);
        }
        else if (key is not null && _alike >= LooksMin)
        {
            Release();
            (_held, _looks, _without) = (key, _alike, 0);
        }
        else if (_held is not null && ++_without >= LooksOfPause)
        {
            Release();
        }
    }

    private void Release()
    {
        if (_looks >= LooksOfKey)
        {
            pressed(_held!.Value);
        }
        (_held, _looks) = (null, 0);
    }

    private void Mute()
    {
        for (var back = 1; back <= Reach; back++)
        {
            _late[(_at - back + Delay) % Delay] = 0;
        }
        _muted = Hang;
    }
}
