using System.Diagnostics;
using CallCenter.Ivr.Prompts;
using CallCenter.Media;
using Microsoft.Extensions.Configuration;

namespace CallCenter.Ivr.Tests.Prompts;

[Trait("needs", "server")]
public sealed class SpeechTests : IDisposable
{
    private readonly Speech speech = Create();

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public void Dispose() => speech.Dispose();

    private static Speech Create(string? program = null) => new(
        new ConfigurationBuilder().AddInMemoryCollection(new Dictionary<string, string?> { ["Ivr:Speech:Program"] = program }).Build(), TimeProvider.System);

    private async Task<PromptAudio> Say(string language, string text) =>
        PromptAudio.FromSpeech(await speech.Render((await speech.Voice(language, Ct))!, text, Ct));

    [Theory]
    [InlineData("fi", "Tervetuloa. Paina yksi, jos asiasi koskee myyntiä.")]
    [InlineData("da", "Velkommen. Tryk på et for salg, eller to for support.")]
    [InlineData("ru", "Здравствуйте. Нажмите один для отдела продаж.")]
    [InlineData("en-GB", "Welcome. Press one for sales, or two for support.")]
    [InlineData("zh", "欢迎致电。销售请按一。")]
    public async Task A_text_is_spoken_in_its_language(string language, string text)
    {
        var audio = await Say(language, text);
        var samples = PromptAudioTests.Read(audio.File).Samples;
        audio.Milliseconds.ShouldBeInRange(1_000, 10_000);
        ToneProbe.LevelDb(samples).ShouldBeInRange(-30, -15);
        samples.Max(s => Math.Abs((int)s)).ShouldBeLessThan(short.MaxValue);
        // Speech, not a tone or noise: loud and silent parts.
        var levels = samples.Chunk(Clip.Rate / 50).Select(f => ToneProbe.LevelDb(f)).ToList();
        levels.Count(l => l > -25).ShouldBeGreaterThan(levels.Count / 5);
        levels.Count(l => l < -40).ShouldBeGreaterThan(2);
    }

    [Fact]
    public async Task The_same_text_gives_the_same_audio_another_voice_another()
    {
        var first = await Say("fi", "yksi");
        (await Say("fi", "yksi")).Hash.ShouldBe(first.Hash);
        (await Say("da", "yksi")).Hash.ShouldNotBe(first.Hash);
    }

    [Fact]
    public async Task Markup_options_and_phonemes_in_a_text_are_only_words()
    {
        var target = Path.Combine(Path.GetTempPath(), $"{Guid.NewGuid():N}.wav");
        (await Say("en", $"-w {target} hello")).Milliseconds.ShouldBeGreaterThan(500);
        File.Exists(target).ShouldBeFalse();
        (await Say("en", "one <break time=\"20s\"/> two")).Milliseconds.ShouldBeLessThan(10_000);
        (await Say("en", "[[h@l'oU]]")).Hash.ShouldNotBe((await Say("en", "hello")).Hash);
    }

    [Theory]
    [InlineData("xx")]
    [InlineData("../../etc/passwd")]
    [InlineData("-w")]
    public async Task An_unknown_language_has_no_voice(string language) => (await speech.Voice(language, Ct)).ShouldBeNull();

    [Fact]
    public async Task A_missing_program_is_told_with_the_way_to_get_it()
    {
        using var missing = Create("espeak-that-is-not-there");
        (await Should.ThrowAsync<SpeechException>(() => missing.Voice("fi", Ct))).Message.ShouldContain("apt install espeak-ng");
    }

    [Fact]
    public async Task Many_at_once_are_bounded()
    {
        var voice = (await speech.Voice("en", Ct))!;
        var renders = Enumerable.Range(0, Speech.MaxWaiting + 8).Select(i => speech.Render(voice, $"number {i}", Ct)).ToList();
        await Task.WhenAll(renders.Select(r => r.ContinueWith(_ => { }, Ct, TaskContinuationOptions.None, TaskScheduler.Default)));
        renders.Count(r => r.IsCompletedSuccessfully).ShouldBe(Speech.MaxWaiting);
        renders.Where(r => r.IsFaulted).ShouldAllBe(r => r.Exception!.InnerException is SpeechException);
    }
}
