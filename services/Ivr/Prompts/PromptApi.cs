using CallCenter.Hosting;
using CallCenter.Ivr.Announcements;
using CallCenter.Ivr.Flows;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Metadata;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace CallCenter.Ivr.Prompts;

/// <summary>The body of a prompt.</summary>
internal sealed record PutPrompt(Guid Tenant, string Language, string Text);

/// <summary>A prompt as it is answered; the URL is relative to Ivr's address.</summary>
internal sealed record PromptResource(Guid Id, Guid Tenant, string Language, string Text, string Hash, string Url, long Milliseconds, bool Recorded)
{
    public static PromptResource Of(Prompt p) => new(p.Id, p.Tenant, p.Language, p.Text, p.Hash, AudioFiles.ClipOf(p.Hash).Url, p.Milliseconds, p.Recorded);
}

/// <summary><c>/api/prompts</c>: text to speech, recordings that replace it, and the audio.</summary>
internal sealed class PromptApi(
    [FromKeyedServices(IvrService.Name)] ServiceDatabase database, [FromKeyedServices(IvrService.Name)] ConfigurationSnapshots snapshots,
    Speech speech, SpokenTexts texts, AudioFiles files, VisibleTenants tenants, ILogger<PromptApi> logger)
{
    /// <summary>An upload that is larger is answered 413.</summary>
    private sealed class UploadLimit : IRequestSizeLimitMetadata
    {
        public long? MaxRequestBodySize => PromptAudio.MaxUploadBytes;
    }

    public static void Map(IEndpointRouteBuilder app)
    {
        app.MapPut("/api/prompts/{id:guid}", (Guid id, PutPrompt prompt, Caller caller, PromptApi api, CancellationToken ct) => api.Put(id, prompt, ct))
            .RequireRoles(Role.Administrator, Role.Service);
        app.MapPut("/api/prompts/{id:guid}/audio", (Guid id, Caller caller, PromptApi api, HttpRequest request, CancellationToken ct) => api.PutAudio(id, caller, request, ct))
            .RequireRoles(Role.Administrator, Role.Service).WithMetadata(new UploadLimit());
        app.MapGet("/api/prompts", (Guid? tenant, Caller caller, PromptApi api, CancellationToken ct) => api.List(tenant, caller, ct))
            .RequireRoles(Role.Administrator, Role.Supervisor, Role.Service);
        app.MapGet("/api/prompts/tune", (AudioFiles files) => Results.Ok(new { files.Tune.Hash, files.Tune.Url, Milliseconds = files.TuneMilliseconds }))
            .RequireRoles(Role.Administrator, Role.Service);
        app.MapGet("/api/prompts/names/{tenant:guid}", (Guid tenant, PromptApi api) => api.Name(tenant)).RequireRoles(Role.Administrator, Role.Service);
        app.MapGet("/api/prompts/audio/{hash}", (string hash, PromptApi api) => api.Audio(hash)).RequireRoles(Role.Administrator, Role.Service);
    }

    private async Task<IResult> Put(Guid id, PutPrompt put, CancellationToken ct)
    {
        var errors = Errors(put).ToList();
        if (errors.Count > 0)
        {
            return Problems.Invalid(errors);
        }

        var (voice, problem) = await TrySpeak(() => speech.Voice(put.Language, ct));
        return problem ?? (voice is null
            ? Problems.Invalid($"language: there is no voice for '{put.Language}'; put the text under a language that is near and upload a recording.")
            : await Keep(id, put, voice, ct));
    }

    private static IEnumerable<string> Errors(PutPrompt put)
    {
        if (put.Tenant == Guid.Empty)
        {
            yield return "tenant: give the id of the tenant that owns the prompt.";
        }

        if (!FlowValidation.IsLanguage(put.Language))
        {
            yield return "language: give a language tag such as \"fi\" or \"en-GB\".";
        }

        if (string.IsNullOrWhiteSpace(put.Text) || put.Text.Length > Speech.MaxTextLength)
        {
            yield return $"text: give 1 to {Speech.MaxTextLength} characters, not {put.Text.Length}.";
        }

        if (put.Text.Any(c => char.IsControl(c) && c is not ('\n' or '\r' or '\t')))
        {
            yield return "text: take out the control characters.";
        }
    }

    private async Task<IResult> Keep(Guid id, PutPrompt put, string voice, CancellationToken ct)
    {
        var present = await database.InTenant(put.Tenant, (c, t) => PromptStore.Find(c, t, id), ct);
        if (present is not null && (present.Language, present.Text) == (put.Language, put.Text) && files.Find(present.Hash) is not null)
        {
            return Results.Ok(PromptResource.Of(present));
        }

        var spoken = await TrySpeak(async () => PromptAudio.FromSpeech(await speech.Render(voice, put.Text, ct)));
        if (spoken.Problem is { } problem)
        {
            return problem;
        }

        var audio = spoken.Value!;
        files.Keep(audio);
        Telemetry.PromptsSpoken.Add(1);
        Log.PromptSpoken(logger, id, put.Tenant, audio.Milliseconds, put.Language);
        return await Store(new(put.Tenant, id, put.Language, put.Text, audio.Hash, audio.Milliseconds, Recorded: false), ct);
    }

    private async Task<IResult> PutAudio(Guid id, Caller caller, HttpRequest request, CancellationToken ct)
    {
        var visible = tenants.Of(caller);
        var present = visible.Count == 0 ? null : await database.InTenants(visible, (c, t) => PromptStore.Find(c, t, id), ct);
        if (present is null)
        {
            return Problems.NotFound("prompt");
        }

        using var body = new MemoryStream();
        await request.Body.CopyToAsync(body, ct);
        try
        {
            var audio = PromptAudio.FromUpload(body.ToArray());
            files.Keep(audio);
            return await Store(present with { Hash = audio.Hash, Milliseconds = audio.Milliseconds, Recorded = true }, ct);
        }
        catch (InvalidDataException e)
        {
            return Problems.Invalid($"{e.Message} Send a WAV file, 16-bit PCM or G.711, mono or stereo, of at most {PromptAudio.MaxUploadBytes / 1024 / 1024} MB.");
        }
    }

    private async Task<IResult> Store(Prompt prompt, CancellationToken ct) =>
        await database.InTenant(prompt.Tenant, (c, t) => PromptStore.Put(c, t, prompt), ct)
            ? Results.Ok(PromptResource.Of(prompt))
            : Problems.NotFound("prompt");

    private async Task<IResult> List(Guid? tenant, Caller caller, CancellationToken ct)
    {
        if (tenants.Of(caller, tenant) is not { } visible)
        {
            return Problems.NotFound("tenant");
        }

        var found = visible.Count == 0 ? [] : await database.InTenants(visible, PromptStore.List, ct);
        return Results.Ok(new { items = found.Select(PromptResource.Of) });
    }

    /// <summary>The tenant's name, spoken in its language: what an agent hears before a caller who comes without a ring.</summary>
    private async Task<IResult> Name(Guid tenant)
    {
        if (snapshots.Tenant(tenant) is not { } of)
        {
            return Problems.NotFound("tenant");
        }

        var spoken = await TrySpeak(() => texts.Speak(of.Language, [of.Name]));
        return spoken.Problem ?? Results.Ok(new
        {
            Text = of.Name, of.Language, spoken.Value![0].Hash, AudioFiles.ClipOf(spoken.Value[0].Hash).Url, spoken.Value[0].Milliseconds,
        });
    }

    private IResult Audio(string hash) => files.Find(hash) is { } path
        ? Results.File(path, "audio/wav", enableRangeProcessing: true)
        : Problems.NotFound("audio");

    private static async Task<(T? Value, IResult? Problem)> TrySpeak<T>(Func<Task<T>> work)
    {
        try
        {
            return (await work(), null);
        }
        catch (SpeechException e)
        {
            return (default, Problems.Unavailable(e.Message));
        }
    }
}
