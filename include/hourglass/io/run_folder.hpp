// The folder in which a run leaves its results, epoch by epoch. Its files always belong to one epoch of one run and are
// complete, whenever the program ends; an earlier run's results stay until the first epoch of the new run is complete.
// Knows nothing of the contents of files.
//
//     out/metrics.json            -> .current/metrics.json       links, all through the link .current
//     out/weights.safetensors     -> .current/weights.safetensors
//     out/.current                -> .epochs/9f3a62c1-7          exchanged by one rename when an epoch is complete
//     out/.epochs/9f3a62c1-7/        the files
//     out/.lock                      held by the process that writes here
#pragma once

#include "hourglass/io/error.hpp"

#include <filesystem>
#include <set>
#include <string>
#include <vector>

namespace hourglass::io {

/// The folder of a run, held by this process.
class run_folder {
public:
    /// Creates the folder if needed, locks it for this process and removes remains of a killed run. Changes nothing
    /// that a reader sees. `run` names the run in the files. Throws `error` if another process holds the folder, which
    /// the message names, and if the folder cannot be written to.
    run_folder(std::filesystem::path folder, std::string run);
    run_folder(const run_folder&) = delete;
    run_folder& operator=(const run_folder&) = delete;
    ~run_folder();

    /// Returns the path of the folder.
    const std::filesystem::path& path() const { return folder_; }

    /// Creates an empty folder for the files of an epoch, invisible to readers. Removes one from an earlier call that
    /// was not published. Throws `error`.
    std::filesystem::path begin(int epoch);

    /// Takes over a file that readers see, without copying it.
    void keep(const std::string& name);
    /// Takes over all files that readers see and that have no successor in the epoch, without copying them.
    void keep_others();
    /// Gives a file of the epoch a second name, without copying it.
    void name_also(const std::string& name, const std::string& other);

    /// Returns the names of the files in the epoch. Throws `error` if it contains anything but files, or if the run's
    /// folder has something under one of these names that no file can replace, such as a folder.
    std::vector<std::string> staged() const;

    /// Makes an epoch of plain files with these names, as left by copying a run's folder or by writing without links,
    /// so that they can be kept and replaced together. Readers see no change.
    void adopt(const std::vector<std::string>& names);

    /// Replaces what readers see by the epoch's files, all together: it happens completely or not at all, whenever the
    /// process or the machine stops. Each picture (PNG) receives the texts "run" and "epoch". Throws `error`, and then
    /// readers see what they saw before.
    void publish();

private:
    void take();
    void clear();
    void link(const std::string& name);
    void point_to(const std::string& epoch);
    void remove_old();

    std::filesystem::path folder_;
    std::string run_, staged_; // staged_: the name of the epoch's folder in .epochs; empty if there is none
    int epoch_ = 0;
    std::set<std::string> kept_; // among the staged files
    struct descriptor {
        int number = -1;
        ~descriptor();
    } lock_;
};

}
