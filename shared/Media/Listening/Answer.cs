namespace CallCenter.Media;

/// <summary>Who or what is at the other end, by its sound. Beep: what a machine says last, speak now. Tone: ringing, busy or another of the network's.</summary>
public enum AnswerKind { Human, Machine, Beep, Fax, Tone, Silence }

/// <summary>What <see cref="MediaLeg.DetectAnswer"/> found.</summary>
/// <param name="After">Time listened until then.</param>
/// <param name="Confidence">0 to 1.</param>
/// <param name="Hertz">Of a tone or beep; else null.</param>
public sealed record Answer(AnswerKind Kind, TimeSpan After, double Confidence, double? Hertz);
