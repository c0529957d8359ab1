using CallCenter.Media.Listening;

namespace CallCenter.Media.Tests.Listening;

public class AnswerDetectorTests
{
    private const int Seed = 20261122;

    private static List<Answer> Hear(short[] samples)
    {
        var detector = new AnswerDetector();
        var told = new List<Answer>();
        for (var at = 0; at + AnswerDetector.Frame <= samples.Length; at += AnswerDetector.Frame)
        {
            if (detector.Add(samples.AsSpan(at, AnswerDetector.Frame)) is { } answer)
            {
                told.Add(answer);
            }
        }
        if (detector.GiveUp() is { } last)
        {
            told.Add(last);
        }
        return told;
    }

    private static AnswerKind[] Kinds(short[] samples) => [.. Hear(samples).Select(answer => answer.Kind)];

    public static TheoryData<string, AnswerKind, double[], double, double> NetworkTones => new()
    {
        { "ringing in Europe", AnswerKind.Tone, [425], 1, 4 }, { "ringing in America", AnswerKind.Tone, [440, 480], 2, 4 },
        { "busy in Europe", AnswerKind.Tone, [425], 0.5, 0.5 }, { "busy in America", AnswerKind.Tone, [480, 620], 0.5, 0.5 },
        { "a fax that answers", AnswerKind.Fax, [2100], 3, 1 }, { "a fax that calls", AnswerKind.Fax, [1100], 0.5, 3 },
    };

    [Theory]
    [MemberData(nameof(NetworkTones))]
    public void Tones_of_the_network_are_neither_person_nor_machine(string what, AnswerKind kind, double[] hertz, double on, double off)
    {
        var random = new Random(Seed);
        for (var run = 0; run < 20; run++)
        {
            var tone = Sounds.Tone(on, 0.05 + (0.3 * random.NextDouble()), hertz);
            var line = Sounds.OverLine(Sounds.Join(Sounds.Quiet(random.NextDouble()), tone, Sounds.Quiet(off), tone, Sounds.Quiet(off)), random.Next(0, 40), random);
            Kinds(line).ShouldBe([kind], $"{what}, seed {Seed}, run {run}");
        }
    }

    [Fact]
    public void Nothing_but_noise_is_silence()
    {
        var random = new Random(Seed);
        var (answer, _) = (Hear(Sounds.OverLine(Sounds.Quiet(7), 60, random)).ShouldHaveSingleItem(), 0);
        answer.Kind.ShouldBe(AnswerKind.Silence);
        answer.After.TotalMilliseconds.ShouldBe(AnswerDetector.SilenceMs, 100);
    }

    [Fact]
    public void What_is_too_short_to_tell_is_a_person() => Kinds(Sounds.OverLine(Sounds.Join(Sounds.Quiet(0.2), [.. Rumble(0.6)]), 5, new Random(Seed))).ShouldBe([AnswerKind.Human]);

    [Fact]
    [Trait("needs", "server")]
    public async Task People_machines_and_their_beeps_are_told_apart()
    {
        const int runs = 40;
        string[] people = ["Hello", "Yes, hello?", "Virtanen", "Hello, this is Anna", "Good morning", "Kaamos, Mikko speaking"];
        string[] machines =
        [
            "Hello, you have reached Anna Korhonen. I can not come to the phone right now. Please leave a message after the tone and I will call you back.",
            "The person you are calling is not available. Please leave your message after the beep.",
            "Welcome to the voice mail of Kaamos company. Our office is open from Monday to Friday from eight to sixteen. Please leave your name and number.",
        ];
        double[] beeps = [1000, 1400, 440];
        var random = new Random(Seed);
        var (peopleWrong, machinesWrong, beepsMissed, hertzWrong) = (0, 0, 0, 0);
        for (var run = 0; run < runs; run++)
        {
            var (voice, speed, pitch, noise) = (new[] { "en", "en-us", "fi", "en+f3", "en+m4" }[run % 5], random.Next(140, 190), random.Next(30, 70), random.Next(0, 60));
            var person = await Sounds.Speech(people[run % people.Length], voice, speed, pitch);
            var greeting = await Sounds.Speech(machines[run % machines.Length], voice, speed, pitch);
            var hertz = beeps[run % 3];
            peopleWrong += Kinds(Sounds.OverLine(Sounds.Join(Sounds.Quiet(0.3 + random.NextDouble()), person, Sounds.Quiet(2)), noise, random)) is [AnswerKind.Human] ? 0 : 1;
            var beep = Sounds.Tone(0.25 + (0.5 * random.NextDouble()), 0.3, hertz);
            var heard = Hear(Sounds.OverLine(Sounds.Join(Sounds.Quiet(0.5), greeting, Sounds.Quiet(0.2 + random.NextDouble()), beep, Sounds.Quiet(1)), noise, random));
            machinesWrong += heard.Any(answer => answer.Kind is AnswerKind.Machine) ? 0 : 1;
            beepsMissed += heard.Any(answer => answer.Kind is AnswerKind.Beep) ? 0 : 1;
            hertzWrong += heard.Find(answer => answer.Kind is AnswerKind.Beep) is { Hertz: { } told } && Math.Abs(told - hertz) > 0.06 * hertz ? 1 : 0;
        }
        var told2 = $"seed {Seed}, of {runs}: people taken for machines {peopleWrong}, machines not known {machinesWrong}, beeps missed {beepsMissed}, beeps of a wrong frequency {hertzWrong}";
        TestContext.Current.TestOutputHelper?.WriteLine(told2);
        TestContext.Current.SendDiagnosticMessage(told2);
        peopleWrong.ShouldBeLessThanOrEqualTo(runs / 10, told2);
        machinesWrong.ShouldBeLessThanOrEqualTo(runs / 10, told2);
        beepsMissed.ShouldBeLessThanOrEqualTo(runs / 10, told2);
        hertzWrong.ShouldBe(0, told2);
    }

    /// <summary>A voice without words: pulses of 120 a second.</summary>
    private static IEnumerable<short> Rumble(double seconds) => Enumerable.Range(0, (int)(seconds * Clip.Rate)).Select(i => (short)(6000 * Math.Exp(-(i % 67) / 12.0)));
}
